import type { Trace } from '#shared/contracts/payments/trace.ts';
import { html, type Html, htmlPage } from '#shared/html.ts';

/** One column that a telephone shows too; tables scroll on their own. */
const STYLE = `
:root { color-scheme: light dark; }
body { margin: 0 auto; max-width: 64rem; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
section { overflow-x: auto; }
table { border-collapse: collapse; }
td { padding: .25rem .75rem .25rem 0; vertical-align: top; border-bottom: 1px solid #8884; }
h1 { font-size: 1.25rem; } h2 { font-size: 1.1rem; } h3 { font-size: 1rem; margin-bottom: .25rem; }
`;

type Cell = string | number | Html | null | undefined;

/** A trace as a page of its own, which loads nothing and runs nothing. */
export function tracePage(trace: Trace): string {
  const body = html`<main>
    <h1>${trace.id}</h1>
    ${trace.transactions.map(transactionPart)} ${trace.orders.map(orderPart)}
    ${table(
      'Events',
      trace.events.map((event) => [event.occurred_at, event.type, event.about, event.log_offset ?? 'in the outbox']),
    )}
    ${table(
      'Audit',
      trace.audit.map(({ at, actor, action, subject, outcome }) => [at, action, subject, actor, outcome]),
    )}
  </main>`;
  const head = html`<meta name="robots" content="noindex" />`;
  return htmlPage({ lang: 'en', title: `Trace of ${trace.id}`, style: STYLE, head, body });
}

function transactionPart(one: Trace['transactions'][number]): Html {
  const { gateway, workflow } = one;
  return html`<article>
    <h2>${one.type} ${one.amount} ${one.currency}: ${one.status}</h2>
    ${table('', [
      ['transaction', one.id],
      ['user', one.user_id],
      ['wallet', one.wallet_id],
      ['order', one.order_id],
      ['refund of', one.refund_of],
    ])}
    ${table(
      'Requests',
      one.requests.map(({ at, call, status }) => [at, call, status]),
    )}
    ${table(
      'Status',
      one.history.map(({ at, status, actor, reason }) => [at, status, actor, reason]),
    )}
    ${table('Workflow', workflow === null ? [] : [workflowRow(workflow)])}
    ${table('Gateway', gateway === null ? [] : [[gateway.name, gateway.method, gateway.object_id, gateway.asked_at]])}
    ${table(
      'Attempts',
      (gateway?.attempts ?? []).map(({ asked_at, gateway: at, asks, outcome, reason }) => {
        return [asked_at, at, `asked ${asks} times`, outcome ?? 'unknown', reason];
      }),
    )}
    ${table(
      'Reports',
      (gateway?.reports ?? []).map(({ received_at, report_id, status }) => [received_at, status, report_id]),
    )}
    ${table(
      'Statement',
      (gateway?.statement_lines ?? []).map(({ at, kind, amount, currency, line_id }) => {
        return [at, kind, amount, currency, line_id];
      }),
    )}
    ${table(
      'Holds',
      one.holds.map(({ created_at, status, amount, ended_at, id }) => [created_at, status, amount, ended_at, id]),
    )}
    ${table(
      'Postings',
      one.transfers.flatMap(({ posted_at, kind, entries }) =>
        entries.map(({ account, owner, amount, currency, balance_after, seq }) => {
          return [posted_at, kind, account, owner, amount, currency, `leaves ${balance_after}`, `entry ${seq}`];
        }),
      ),
    )}
    ${table(
      'Findings',
      one.findings.map(({ opened_at, kind, status, detail, id }) => [opened_at, kind, status, detail, id]),
    )}
  </article>`;
}

function orderPart({ id, workflow }: Trace['orders'][number]): Html {
  return table(`Order ${id}`, [workflowRow(workflow)]);
}

function workflowRow({ id, state, type, link }: Trace['orders'][number]['workflow']): readonly Cell[] {
  return [id, type, state, link === null ? null : html`<a href="${link}">history</a>`];
}

/** A table with a heading; nothing when it is empty. */
function table(title: string, rows: readonly (readonly Cell[])[]): Html {
  if (rows.length === 0) return html``;
  return html`<section>
    ${title === '' ? undefined : html`<h3>${title}</h3>`}
    <table>
      ${rows.map(
        (cells) =>
          html`<tr>
            ${cells.map((cell) => html`<td>${cell ?? ''}</td>`)}
          </tr>`,
      )}
    </table>
  </section>`;
}
