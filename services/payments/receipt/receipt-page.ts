import type { ReceiptBody } from '#shared/contracts/payments/statements.ts';
import { html, htmlPage } from '#shared/html.ts';
import { DECIMALS } from '#shared/money.ts';
import type { Locale } from '#shared/regions.ts';
import { RECEIPT_WORDS } from './receipt-words.ts';

const STYLE = `
  :root { color-scheme: light; }
  body { margin: 0 auto; padding: 1.5rem 1rem; max-width: 30rem; font: 16px/1.5 system-ui, sans-serif; color: #1a1a1a; }
  h1 { margin: 0; font-size: 1.1rem; font-weight: 600; }
  .sum { margin: 0.25rem 0 1.25rem; font-size: 2rem; font-weight: 700; }
  dl { display: grid; grid-template-columns: auto 1fr; gap: 0.5rem 1rem; margin: 0; border-top: 1px solid #ddd; padding-top: 1rem; }
  dt { color: #666; }
  dd { margin: 0; text-align: right; overflow-wrap: anywhere; }
  @media print { body { padding: 0; } @page { margin: 2cm; } }
`;

/** How someone reads dates and sums. */
export type Reader = { readonly locale: Locale; readonly timezone: string };

/** A receipt to read on a phone and to print: one page, nothing to fetch. */
export function receiptPage(receipt: ReceiptBody, { locale, timezone }: Reader): string {
  const { words, types } = RECEIPT_WORDS[locale];
  const { currency } = receipt;
  const digits = DECIMALS[currency].wire;
  const format = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  // The decimal itself is formatted, so nothing is rounded through a float.
  const sum = (amount: string) => format.format(amount as Intl.StringNumericLiteral);
  const moment = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone: timezone });
  const hasFees = Number(receipt.fees.total_fees) > 0;
  const rows: readonly (readonly [string, string | null])[] = [
    [words.number, receipt.receipt_number],
    [words.date, `${moment.format(new Date(receipt.completed_at))} (${timezone})`],
    [words.from, receipt.payer.name],
    [words.to, receipt.payee.name],
    [words.amount, sum(receipt.amount)],
    [words.fee, hasFees ? sum(receipt.fees.total_fees) : null],
    [words.total, hasFees ? sum(receipt.total) : null],
    [words.rate, receipt.exchange_rate],
    [words.method, receipt.payment_method],
    [words.note, receipt.description],
    [words.reference, receipt.reference],
    [words.order, receipt.order_id],
  ];
  const shown = rows.flatMap(([name, value]) =>
    value === null || value === ''
      ? []
      : [
          html`<dt>${name}</dt>
            <dd>${value}</dd>`,
        ],
  );
  return htmlPage({
    lang: locale,
    title: `${words.receipt} ${receipt.receipt_number}`,
    style: STYLE,
    body: html`<main>
      <h1>Tchat · ${words.receipt} · ${types[receipt.type]}</h1>
      <p class="sum">${sum(receipt.amount)}</p>
      <dl>${shown}</dl>
    </main>`,
  });
}
