import { firstRow, statement } from '#shared/sql.ts';
import type { PaymentsPorts } from '../ports.ts';

/** Accounts of one look at most: those that changed since the one before. */
const BATCH = 2_000;

/**
 * Adds to what an account came to at the last look the entries that came since, in one statement and so of one moment, and
 * compares. A sum that is right becomes the next look's beginning; one that is wrong stays in sight.
 */
const LOOK = statement(
  'payments.look-at-accounts',
  `WITH changed AS (
     SELECT account.id, account.balance, account.entries, coalesce(mark.seq, 0) AS seq, coalesce(mark.balance, 0) AS before
     FROM payments.accounts AS account
     LEFT JOIN payments.ledger_marks AS mark ON mark.account_id = account.id
     WHERE account.id > $1 AND (account.entries <> coalesce(mark.seq, 0) OR account.balance <> coalesce(mark.balance, 0))
     ORDER BY account.id LIMIT ${BATCH}
   ), summed AS (
     SELECT changed.id, changed.balance, changed.entries,
       changed.before + coalesce(since.sum, 0) AS expected, changed.seq + coalesce(since.count, 0) AS seq
     FROM changed LEFT JOIN LATERAL (
       SELECT sum(entry.amount) AS sum, count(*) AS count FROM payments.entries AS entry
       WHERE entry.account_id = changed.id AND entry.seq > changed.seq
     ) AS since ON true
   ), kept AS (
     INSERT INTO payments.ledger_marks AS mark (account_id, seq, balance)
     SELECT summed.id, summed.entries, summed.balance FROM summed
     WHERE summed.expected = summed.balance AND summed.seq = summed.entries
     ON CONFLICT (account_id) DO UPDATE SET seq = excluded.seq, balance = excluded.balance WHERE mark.seq < excluded.seq
   )
   SELECT summed.id, summed.balance, summed.expected::int8 AS expected,
     (summed.expected <> summed.balance OR summed.seq <> summed.entries) AS is_wrong
   FROM summed ORDER BY summed.id`,
);
const HOLDS = statement(
  'payments.look-at-holds',
  `SELECT count(*)::int AS wrong FROM (
     SELECT account.id FROM payments.accounts AS account
     LEFT JOIN payments.holds AS hold ON hold.hold_account_id = account.id AND hold.status = 'active'
     WHERE account.kind = 'wallet_hold' AND (account.balance <> 0 OR hold.id IS NOT NULL)
     GROUP BY account.id, account.balance
     HAVING coalesce(sum(hold.amount - coalesce(hold.posted_amount, 0)), 0) <> account.balance
   ) AS wrong`,
);
const CURRENCIES = statement(
  'payments.look-at-currencies',
  `SELECT count(*)::int AS wrong FROM (
     SELECT account.currency FROM payments.accounts AS account GROUP BY account.currency HAVING sum(account.balance) <> 0
   ) AS wrong`,
);
const HOUSE = statement(
  'payments.look-at-house',
  `SELECT account.kind, account.owner AS gateway, account.currency, account.balance FROM payments.accounts AS account
   WHERE account.kind IN ('gateway_clearing', 'suspense') AND account.owner <> '' AND account.entries > 0`,
);
const FINDINGS = statement(
  'payments.look-at-findings',
  `SELECT finding.gateway, finding.kind, count(*)::int AS count, min(finding.opened_at) AS oldest
   FROM payments.reconciliation_findings AS finding WHERE finding.status <> 'resolved'
   GROUP BY finding.gateway, finding.kind`,
);
const RUNS = statement(
  'payments.look-at-runs',
  `SELECT run.gateway, max(run.finished_at) AS finished_at FROM payments.reconciliation_runs AS run
   WHERE run.status = 'completed' GROUP BY run.gateway`,
);

type Looked = { readonly id: string; readonly balance: bigint; readonly expected: bigint; readonly is_wrong: boolean };

/** What the books are like now, for metrics and alarms. */
export type LedgerLook = {
  /** Accounts whose balance is not the sum of their entries, or whose entries are not numbered without a gap. */
  readonly wrongAccounts: number;
  /** Hold accounts that do not hold what their active holds say. */
  readonly wrongHolds: number;
  /** Currencies in which all balances together are not zero. */
  readonly wrongCurrencies: number;
  readonly house: readonly {
    readonly kind: 'gateway_clearing' | 'suspense';
    readonly gateway: string;
    readonly currency: string;
    readonly balance: bigint;
  }[];
  readonly findings: readonly {
    readonly gateway: string;
    readonly kind: string;
    readonly count: number;
    readonly oldest: Date;
  }[];
  readonly runs: readonly { readonly gateway: string; readonly finished_at: Date }[];
};

const FIRST = '00000000-0000-0000-0000-000000000000';

/** Looks at the ledger from within, at what changed since the last look: minutes of work once, and then moments. */
export function makeLookAtLedger({ databases, log }: Pick<PaymentsPorts, 'databases' | 'log'>) {
  const core = databases.of('core');

  async function lookAtAccounts(): Promise<number> {
    let wrong = 0;
    for (let after = FIRST; ;) {
      const looked = await core.rows<Looked>(LOOK, [after]);
      for (const { id, balance, expected, is_wrong } of looked) {
        if (!is_wrong) continue;
        wrong += 1;
        const facts = { accountId: id, balance: balance.toString(), expected: expected.toString() };
        log.error(facts, 'the balance of an account is not the sum of its entries');
      }
      const last = looked.at(-1);
      if (last === undefined || looked.length < BATCH) return wrong;
      after = last.id;
    }
  }

  async function count(query: typeof HOLDS): Promise<number> {
    return (await firstRow<{ readonly wrong: number }>(core, query))!.wrong;
  }

  return async (): Promise<LedgerLook> => ({
    wrongAccounts: await lookAtAccounts(),
    wrongHolds: await count(HOLDS),
    wrongCurrencies: await count(CURRENCIES),
    house: await core.rows<LedgerLook['house'][number]>(HOUSE),
    findings: await core.rows<LedgerLook['findings'][number]>(FINDINGS),
    runs: await core.rows<LedgerLook['runs'][number]>(RUNS),
  });
}
