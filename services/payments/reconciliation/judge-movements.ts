import type { FindingId, TransactionId } from '#shared/ids.ts';
import type { Currency } from '#shared/money.ts';
import { newId } from '#shared/new-id.ts';
import { type Tx, firstRow, statement } from '#shared/sql.ts';
import type { PaymentsPorts } from '../ports.ts';
import type { NewFinding } from './findings-store.ts';
import { gatewayHouses } from './house.ts';
import { type GatewayDay, postAll } from './judge-lines.ts';
import { openFindings } from './open-findings.ts';
import { CLOCK_SKEW_MS, periodOf } from './period.ts';

type Ports = Pick<PaymentsPorts, 'databases' | 'outbox' | 'clock'>;

/** Entries that one transaction looks at. */
const BATCH = 500;

type Account = { readonly id: string; readonly currency: Currency };
type Entry = {
  readonly seq: bigint;
  readonly amount: bigint;
  readonly transfer_id: string;
  readonly kind: string;
  readonly transaction_id: TransactionId | null;
  readonly has_line: boolean;
};

const ACCOUNTS = statement(
  'payments.find-clearing-accounts',
  `SELECT account.id, account.currency FROM payments.accounts AS account
   WHERE account.kind = 'gateway_clearing' AND account.owner = $1 ORDER BY account.id`,
);
const BEGIN = statement(
  'payments.begin-clearing-mark',
  `INSERT INTO payments.clearing_marks (account_id, seq)
   SELECT $1::uuid, coalesce((SELECT max(entry.seq) FROM payments.entries AS entry
     WHERE entry.account_id = $1 AND entry.posted_at < $2), 0)
   WHERE NOT EXISTS (SELECT FROM payments.clearing_marks AS mark WHERE mark.account_id = $1)
   ON CONFLICT (account_id) DO NOTHING`,
);
const LOCK = statement(
  'payments.lock-clearing-mark',
  `SELECT mark.seq FROM payments.clearing_marks AS mark WHERE mark.account_id = $1 FOR UPDATE`,
);
const AFTER = statement(
  'payments.find-clearing-entries',
  `SELECT entry.seq, entry.amount, entry.transfer_id, transfer.kind, ours.id AS transaction_id,
     EXISTS (SELECT FROM payments.statement_lines AS line WHERE line.transfer_id = entry.transfer_id) AS has_line
   FROM payments.entries AS entry
   JOIN payments.transfers AS transfer ON transfer.id = entry.transfer_id
   LEFT JOIN payments.transactions AS ours ON ours.transfer_id = entry.transfer_id
     AND ours.type IN ('deposit', 'withdrawal', 'refund')
   WHERE entry.account_id = $1 AND entry.seq > $2 AND entry.posted_at < $3
   ORDER BY entry.seq LIMIT $4`,
);
const ADVANCE = statement(
  'payments.advance-clearing-mark',
  'UPDATE payments.clearing_marks AS mark SET seq = $2 WHERE mark.account_id = $1',
);

/** Movements that a gateway has a line for. What reconciliation itself posts is none of them. */
const TOLD: ReadonlySet<string> = new Set(['deposit', 'withdrawal', 'refund']);

/**
 * Looks for movements of the ledger that no line of a statement answers for, in the order in which they were posted, each
 * once: a mark says how far it has got. The first look of all begins with the day that it is asked for.
 */
export function makeJudgeMovements(ports: Ports) {
  const { databases } = ports;
  const core = databases.of('core');

  async function judgeAccount(tx: Tx, account: Account, gatewayDay: GatewayDay, house: Houses): Promise<boolean> {
    const { from, to } = periodOf(gatewayDay.day);
    await tx.rows(BEGIN, [account.id, new Date(from.getTime() - CLOCK_SKEW_MS)]);
    const mark = await firstRow<{ readonly seq: bigint }>(tx, LOCK, [account.id]);
    // What was posted in the day's last minutes may be on the next day's statement, by the gateway's clock.
    const before = new Date(to.getTime() - CLOCK_SKEW_MS);
    const entries = await tx.rows<Entry>(AFTER, [account.id, mark!.seq, before, BATCH]);
    const last = entries.at(-1);
    if (last === undefined) return false;
    const findings = entries
      .filter(({ kind, has_line }) => TOLD.has(kind) && !has_line)
      .map((entry): NewFinding => ({
        ...gatewayDay,
        id: newId<FindingId>('core'),
        kind: 'missing_at_gateway',
        subject: entry.transfer_id,
        transactionId: entry.transaction_id ?? undefined,
        ours: { currency: account.currency, minor: entry.amount },
        detail: `no line of the statement is this ${entry.kind}`,
      }));
    await postAll(tx, await openFindings(ports, tx, findings, house));
    await tx.rows(ADVANCE, [account.id, last.seq]);
    return entries.length === BATCH;
  }

  return async (gatewayDay: GatewayDay): Promise<{ readonly more: boolean }> => {
    const accounts = await core.rows<Account>(ACCOUNTS, [gatewayDay.gateway]);
    const currencies = accounts.map(({ currency }) => currency);
    const houses = await gatewayHouses(core, gatewayDay.gateway, currencies);
    for (const account of accounts) {
      const more = await core.transaction((tx) => judgeAccount(tx, account, gatewayDay, houses));
      if (more) return { more };
    }
    return { more: false };
  };
}

type Houses = Awaited<ReturnType<typeof gatewayHouses>>;
