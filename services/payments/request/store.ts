import type { MoneyRequestId, TransactionId, UserId } from '#shared/ids.ts';
import type { Currency } from '#shared/money.ts';
import { type Sql, type Tx, firstRow, statement } from '#shared/sql.ts';

export type MoneyRequestRow = {
  readonly id: MoneyRequestId;
  readonly requester_id: UserId;
  readonly payer_id: UserId;
  readonly currency: Currency;
  readonly amount: bigint;
  readonly note: string | null;
  readonly status: 'open' | 'paid' | 'declined' | 'cancelled';
  readonly transaction_id: TransactionId | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly expires_at: Date;
};

const COLUMNS = `request.id, request.requester_id, request.payer_id, request.currency, request.amount, request.note,
  request.status, request.transaction_id, request.created_at, request.updated_at, request.expires_at`;

/** Requests of one person wait for each other, so that they are counted right. */
const LOCK_REQUESTER = statement(
  'payments.lock-requester',
  `SELECT pg_advisory_xact_lock(hashtextextended('payments.money_requests ' || $1, 0))`,
);
const COUNTS = statement(
  'payments.count-money-requests',
  `SELECT count(*) FILTER (WHERE request.created_at > $4) AS today,
     count(*) FILTER (WHERE request.payer_id = $2 AND request.status = 'open' AND request.expires_at > $3) AS open
   FROM payments.money_requests AS request
   WHERE request.requester_id = $1 AND request.created_at > $3::timestamptz - interval '30 days'`,
);
const INSERT = statement(
  'payments.insert-money-request',
  `INSERT INTO payments.money_requests
     (id, requester_id, payer_id, currency, amount, note, created_at, updated_at, expires_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8)`,
);
const FIND = statement(
  'payments.find-money-request',
  `SELECT ${COLUMNS} FROM payments.money_requests AS request
   WHERE request.id = $1 AND $2 IN (request.payer_id, request.requester_id)`,
);
const LOCK = statement(
  'payments.lock-money-request',
  `SELECT ${COLUMNS} FROM payments.money_requests AS request WHERE request.id = $1 FOR NO KEY UPDATE`,
);
const END = statement(
  'payments.end-money-request',
  `UPDATE payments.money_requests AS request SET status = $2, transaction_id = $3, updated_at = $4 WHERE request.id = $1`,
);
const FORGET_NOTES = statement(
  'payments.forget-request-notes',
  `UPDATE payments.money_requests AS request SET note = NULL
   WHERE request.requester_id = $1 AND request.status <> 'paid' AND request.note IS NOT NULL`,
);
const LISTS = {
  incoming: listOf('incoming', 'payer_id'),
  outgoing: listOf('outgoing', 'requester_id'),
} as const;

function listOf(direction: string, who: 'payer_id' | 'requester_id') {
  return statement(
    `payments.list-${direction}-money-requests`,
    `SELECT ${COLUMNS} FROM payments.money_requests AS request
     WHERE request.${who} = $1 AND (request.created_at, request.id) < ($2, $3)
     ORDER BY request.created_at DESC, request.id DESC LIMIT $4`,
  );
}

/** How many someone has asked for since a moment, and how many of one person are open; others of theirs wait. */
export async function countRequests(
  tx: Tx,
  requesterId: UserId,
  payerId: UserId,
  now: Date,
  since: Date,
): Promise<{ readonly today: bigint; readonly open: bigint }> {
  await tx.rows(LOCK_REQUESTER, [requesterId]);
  return (await firstRow<{ today: bigint; open: bigint }>(tx, COUNTS, [requesterId, payerId, now, since]))!;
}

export async function insertRequest(tx: Tx, row: MoneyRequestRow): Promise<void> {
  await tx.rows(INSERT, [
    row.id,
    row.requester_id,
    row.payer_id,
    row.currency,
    row.amount,
    row.note,
    row.created_at,
    row.expires_at,
  ]);
}

/** The request when this user is one of its sides. */
export function findRequest(sql: Sql, id: MoneyRequestId, userId: UserId): Promise<MoneyRequestRow | undefined> {
  return firstRow<MoneyRequestRow>(sql, FIND, [id, userId]);
}

/** Held against everyone else who would end it. */
export async function lockRequest(tx: Tx, id: MoneyRequestId): Promise<MoneyRequestRow> {
  return (await firstRow<MoneyRequestRow>(tx, LOCK, [id]))!;
}

/** Ends one that is open; the database refuses to end any other. */
export async function endRequest(
  tx: Tx,
  id: MoneyRequestId,
  status: 'paid' | 'declined' | 'cancelled',
  at: Date,
  transactionId?: TransactionId,
): Promise<void> {
  await tx.rows(END, [id, status, transactionId ?? null, at]);
}

/** What someone wrote in requests that nobody paid goes; of a paid one it is the payment's description, and stays with it. */
export async function forgetNotes(sql: Sql, requesterId: UserId): Promise<void> {
  await sql.rows(FORGET_NOTES, [requesterId]);
}

const ID_MAX = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

export function listRequests(
  sql: Sql,
  userId: UserId,
  direction: keyof typeof LISTS,
  after: { readonly at: Date; readonly id: string } | undefined,
  limit: number,
): Promise<MoneyRequestRow[]> {
  return sql.rows<MoneyRequestRow>(LISTS[direction], [userId, after?.at ?? 'infinity', after?.id ?? ID_MAX, limit]);
}
