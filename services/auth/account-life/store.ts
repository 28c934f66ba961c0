import type { UserStatus } from '#shared/contracts/auth/user.ts';
import type { AppealId, SessionId, UserId } from '#shared/ids.ts';
import type { Country } from '#shared/regions.ts';
import { firstRow, type Sql, statement, type Tx } from '#shared/sql.ts';
import type { RevocationReason } from '#shared/events/auth.ts';

export type LifeRow = {
  readonly id: UserId;
  readonly country_code: Country;
  readonly status: UserStatus;
  readonly created_at: Date;
  readonly deleted_at: Date | null;
  /** Until then a login brings a deleted account back; null where none does. */
  readonly restorable_until: Date | null;
  /** Suspended while it is deleted: what brings it back brings it back suspended. */
  readonly stays_suspended: boolean;
  readonly erased_at: Date | null;
};

/** Whether ops have shut it and not decided since; an account is erased by nothing before. */
export function isSuspended({ status, stays_suspended }: Pick<LifeRow, 'status' | 'stays_suspended'>): boolean {
  return status === 'suspended' || stays_suspended;
}

const COLUMNS = `accounts.id, accounts.country_code, accounts.status, accounts.created_at, accounts.deleted_at,
     accounts.restorable_until, accounts.stays_suspended, accounts.erased_at`;

const FIND = statement('auth.find-life', `SELECT ${COLUMNS} FROM auth.accounts WHERE accounts.id = $1`);

export function findLife(sql: Sql, id: UserId): Promise<LifeRow | undefined> {
  return firstRow<LifeRow>(sql, FIND, [id]);
}

const HOLD = statement(
  'auth.hold-account',
  `SELECT ${COLUMNS} FROM auth.accounts WHERE accounts.id = $1 FOR NO KEY UPDATE`,
);

/** Takes the account's row until the transaction ends: no login opens a session meanwhile. */
export function holdAccount(tx: Tx, id: UserId): Promise<LifeRow | undefined> {
  return firstRow<LifeRow>(tx, HOLD, [id]);
}

const MOVE = statement(
  'auth.move-account',
  `UPDATE auth.accounts SET status = $2, deleted_at = $3, restorable_until = $4, stays_suspended = false,
     updated_at = now()
   WHERE accounts.id = $1`,
);

type Move = { readonly to: UserStatus; readonly deletedAt?: Date; readonly restorableUntil?: Date };

/** What is suspended under a deletion is not any more: whoever moves the account has decided about it. */
export async function moveAccount(tx: Tx, id: UserId, { to, deletedAt, restorableUntil }: Move): Promise<void> {
  await tx.rows(MOVE, [id, to, deletedAt ?? null, restorableUntil ?? null]);
}

const STAY_SUSPENDED = statement(
  'auth.stay-suspended',
  `UPDATE auth.accounts SET stays_suspended = $2, updated_at = now()
   WHERE accounts.id = $1 AND accounts.status = 'deleted'`,
);

/** Suspends a deleted account under its deletion, or lifts that; the deletion stays as it is. */
export async function staySuspended(tx: Tx, id: UserId, stays: boolean): Promise<void> {
  await tx.rows(STAY_SUSPENDED, [id, stays]);
}

const HOLD_RESTORABLE = statement(
  'auth.hold-suspended-restorable',
  `SELECT ${COLUMNS} FROM auth.accounts
   WHERE accounts.phone_number = $1 AND accounts.stays_suspended AND accounts.restorable_until > now()
   FOR NO KEY UPDATE`,
);

/** The deleted account of a number that a login brings back suspended. */
export function holdSuspendedRestorable(tx: Tx, phone: string): Promise<LifeRow | undefined> {
  return firstRow<LifeRow>(tx, HOLD_RESTORABLE, [phone]);
}

const END_SESSIONS = statement(
  'auth.end-all-sessions',
  `UPDATE auth.sessions SET revoked_at = clock_timestamp(), revoked_reason = $2
   WHERE sessions.account_id = $1 AND sessions.revoked_at IS NULL AND sessions.expires_at > now()
   RETURNING sessions.id`,
);

/** Ends every live session of an account, whose row is held. */
export async function endAllSessions(tx: Tx, id: UserId, reason: RevocationReason): Promise<SessionId[]> {
  return (await tx.rows<{ id: SessionId }>(END_SESSIONS, [id, reason])).map((row) => row.id);
}

export type ChangeName = 'suspended' | 'appeal_rejected' | 'reinstated' | 'deleted' | 'restored' | 'erased';

export type ChangeRow = {
  readonly change: ChangeName;
  readonly by: 'user' | 'ops' | 'system';
  readonly actor_id: UserId | null;
  readonly reason: string | null;
  readonly at: Date;
};

const NOTE = statement(
  'auth.note-account-change',
  `INSERT INTO auth.account_changes (id, account_id, change, by, actor_id, reason) VALUES ($1, $2, $3, $4, $5, $6)`,
);

type NewChange = Omit<ChangeRow, 'at'> & { readonly id: string; readonly accountId: UserId };

export async function noteChange(tx: Tx, { id, accountId, change, by, actor_id, reason }: NewChange): Promise<void> {
  await tx.rows(NOTE, [id, accountId, change, by, actor_id, reason]);
}

const CHANGES = statement(
  'auth.account-changes',
  `SELECT account_changes.change, account_changes.by, account_changes.actor_id, account_changes.reason,
     account_changes.at
   FROM auth.account_changes WHERE account_changes.account_id = $1
   ORDER BY account_changes.at DESC, account_changes.id DESC LIMIT 100`,
);

/** Newest first, a hundred at most. */
export function changesOf(sql: Sql, id: UserId): Promise<ChangeRow[]> {
  return sql.rows<ChangeRow>(CHANGES, [id]);
}

const HOLD_NUMBER = statement(
  'auth.hold-number',
  `SELECT otp_numbers.refused_until > now() AS is_refused FROM auth.otp_numbers
   WHERE otp_numbers.phone_number = $1 FOR UPDATE`,
);
const FIND_SUSPENDED = statement(
  'auth.find-suspended',
  `SELECT ${COLUMNS} FROM auth.accounts
   WHERE accounts.phone_number = $1 AND (accounts.status = 'suspended' OR accounts.stays_suspended)
   FOR NO KEY UPDATE`,
);

/** Takes the row of a number until the transaction ends. Every login takes it before it takes the account. */
export async function holdNumber(tx: Tx, phone: string): Promise<void> {
  await tx.rows(HOLD_NUMBER, [phone]);
}

export function findSuspended(tx: Tx, phone: string): Promise<LifeRow | undefined> {
  return firstRow<LifeRow>(tx, FIND_SUSPENDED, [phone]);
}

const INSERT_APPEAL = statement(
  'auth.insert-appeal',
  `INSERT INTO auth.appeals (id, account_id, words) VALUES ($1, $2, $3)
   ON CONFLICT (account_id) WHERE status = 'open' DO UPDATE SET words = excluded.words
   RETURNING appeals.id, xmax = 0 AS is_new`,
);

/** An appeal that is open already says the new words from now on. */
export async function saveAppeal(
  tx: Tx,
  appeal: { readonly id: AppealId; readonly accountId: UserId; readonly words: string },
): Promise<{ readonly id: AppealId; readonly is_new: boolean }> {
  const values = [appeal.id, appeal.accountId, appeal.words];
  return (await firstRow<{ id: AppealId; is_new: boolean }>(tx, INSERT_APPEAL, values))!;
}

const DECIDE = statement(
  'auth.decide-appeal',
  `UPDATE auth.appeals SET status = $2, decided_at = now(), decided_by = $3
   WHERE appeals.status = 'open' AND (appeals.id = $1 OR appeals.account_id = $1)
   RETURNING appeals.id, appeals.account_id`,
);

/** @param of the appeal, or the one who made it */
export function decideAppeal(
  tx: Tx,
  of: AppealId | UserId,
  status: 'accepted' | 'rejected',
  by: UserId,
): Promise<{ readonly id: AppealId; readonly account_id: UserId } | undefined> {
  return firstRow(tx, DECIDE, [of, status, by]);
}

export type AppealRow = {
  readonly id: AppealId;
  readonly account_id: UserId;
  readonly words: string;
  readonly created_at: Date;
};

const OPEN_APPEALS = statement(
  'auth.open-appeals',
  `SELECT appeals.id, appeals.account_id, appeals.words, appeals.created_at FROM auth.appeals
   WHERE appeals.status = 'open' AND appeals.id > $1 ORDER BY appeals.id LIMIT $2`,
);

/** The oldest first, which their ids tell, after one of them. */
export function openAppeals(sql: Sql, after: string, limit: number): Promise<AppealRow[]> {
  return sql.rows<AppealRow>(OPEN_APPEALS, [after, limit]);
}
