import type { Brand } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { type Sql, type Tx, firstRow, statement } from '#shared/sql.ts';
import { type Leg, move, type Outcome, postOne, refusal, type Spending, split } from './post.ts';

/**
 * Two-phase holds: a sum is set aside in the hold account of a wallet, and later reaches its receivers in part or whole, or
 * goes back. A hold ends once, whoever tries: its row is locked before any account is.
 */
export type NewHold = {
  /** Also the id of the transfer that places it. */
  readonly id: string;
  /** The account that it is set aside from, and the one that it is set aside in. */
  readonly accountId: string;
  readonly holdAccountId: string;
  readonly minor: bigint;
  /** What it counts as against the limits of the account, or, where it counts for nothing, the owner's day and month. */
  readonly spending: Spending | Pick<Spending, 'day' | 'month'>;
  /** When {@link expireHolds} lets go of it; absent for one that somebody else ends for sure. */
  readonly expiresAt?: Date;
};

type HoldRow = {
  readonly account_id: string;
  readonly hold_account_id: string;
  readonly amount: bigint;
  readonly spent_day: string;
  readonly spent_month: string;
  readonly status: 'active' | 'posted' | 'voided' | 'expired';
};

const INSERT = statement(
  'payments.insert-hold',
  `INSERT INTO payments.holds (id, account_id, hold_account_id, amount, spent_day, spent_month, expires_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7)`,
);
const LOCK = statement(
  'payments.lock-hold',
  `SELECT hold.account_id, hold.hold_account_id, hold.amount, hold.spent_day::text, hold.spent_month::text, hold.status
   FROM payments.holds AS hold WHERE hold.id = $1 FOR NO KEY UPDATE`,
);
const END = statement(
  'payments.end-hold',
  `UPDATE payments.holds AS hold SET status = $2, posted_amount = $3, ended_at = $4, ended_by = $5 WHERE hold.id = $1`,
);
const DUE = statement(
  'payments.holds-due',
  `SELECT hold.id FROM payments.holds AS hold
   WHERE hold.status = 'active' AND hold.expires_at <= $1 ORDER BY hold.expires_at LIMIT $2`,
);

/** Sets the sum aside, unless the ledger refuses; then nothing is written. */
export async function placeHold(tx: Tx, hold: NewHold): Promise<Outcome> {
  const { id, accountId, holdAccountId, minor, spending, expiresAt } = hold;
  const counted = 'accountId' in spending ? { spending } : {};
  const outcome = await postOne(tx, { id, kind: 'hold', legs: move(accountId, holdAccountId, minor), ...counted });
  if (outcome !== 'posted') return outcome;
  const { day, month } = spending;
  await tx.rows(INSERT, [id, accountId, holdAccountId, minor, day, month, expiresAt ?? null]);
  return outcome;
}

/** `ended`: it has ended before, and nothing was moved. */
export type EndOutcome = 'done' | 'ended';

export type HoldPosting = {
  /** The transfer that ends it. */
  readonly transferId: string;
  readonly kind: 'capture' | 'withdrawal' | 'refund';
  /** What each receiver gets: together more than nothing, and at most what is held. The rest goes back. */
  readonly parts: readonly Leg[];
  readonly at: Date;
};

/**
 * Gives what is held to its receivers, in part or whole. What is left over returns in the same transfer, and to the day and
 * month that it was counted in.
 *
 * @throws {AppError} what the ledger refuses with, such as CONFLICT for a transfer that was posted before
 * @throws {RangeError} when the parts are more than is held, or nothing
 */
export async function postHold(tx: Tx, id: string, posting: HoldPosting): Promise<EndOutcome> {
  const hold = await lockActive(tx, id);
  if (hold === undefined) return 'ended';
  const { transferId, kind, parts, at } = posting;
  const given = parts.reduce((sum, { minor }) => sum + minor, 0n);
  if (given <= 0n || given > hold.amount) throw new RangeError(`${given} of the ${hold.amount} that hold ${id} has`);
  const rest = hold.amount - given;
  const legs = split(hold.hold_account_id, [...parts, { accountId: hold.account_id, minor: rest }]);
  const back = rest === 0n ? {} : { spending: givenBack(hold, rest) };
  const outcome = await postOne(tx, { id: transferId, kind, legs, ...back });
  if (outcome !== 'posted') throw refusal(outcome);
  await tx.rows(END, [id, 'posted', given, at, transferId]);
  return 'done';
}

export type HoldVoiding = {
  readonly as?: 'voided' | 'expired';
  /** False for one that counted for nothing when it was placed: the limits get nothing back. */
  readonly isCounted?: boolean;
  readonly at: Date;
};

/** Lets go of what is held: all of it goes back. Harmless when it has ended. */
export async function voidHold(
  tx: Tx,
  id: string,
  { as = 'voided', isCounted = true, at }: HoldVoiding,
): Promise<EndOutcome> {
  const hold = await lockActive(tx, id);
  if (hold === undefined) return 'ended';
  const transferId = newId<Brand<string, 'TransferId'>>('core');
  const legs = move(hold.hold_account_id, hold.account_id, hold.amount);
  const back = isCounted ? { spending: givenBack(hold, hold.amount) } : {};
  const outcome = await postOne(tx, { id: transferId, kind: 'release', legs, ...back });
  if (outcome !== 'posted') throw refusal(outcome);
  await tx.rows(END, [id, as, 0n, at, transferId]);
  return 'done';
}

/** The ids of holds whose time is over, the oldest first. */
export async function holdsDue(sql: Sql, now: Date, limit: number): Promise<string[]> {
  return (await sql.rows<{ readonly id: string }>(DUE, [now, limit])).map(({ id }) => id);
}

async function lockActive(tx: Tx, id: string): Promise<HoldRow | undefined> {
  const hold = await firstRow<HoldRow>(tx, LOCK, [id]);
  return hold?.status === 'active' ? hold : undefined;
}

/** The day and month that the sum was counted in get it back, if they are still the ones being counted. */
function givenBack({ account_id, spent_day, spent_month }: HoldRow, minor: bigint): Spending {
  return { accountId: account_id, minor: -minor, day: spent_day, month: spent_month, dayMax: 0n, monthMax: 0n };
}
