import type { NotificationId, UserId } from '#shared/ids.ts';
import type { Locale } from '#shared/regions.ts';
import { firstRow, type Sql, statement, type Tx } from '#shared/sql.ts';

export type AddressRow = {
  readonly user_id: UserId;
  readonly sealed: Uint8Array | null;
  readonly digest: Uint8Array | null;
  readonly confirmed_at: Date | null;
  readonly pending_sealed: Uint8Array | null;
  readonly pending_digest: Uint8Array | null;
  readonly confirm_id: NotificationId | null;
  readonly confirm_until: Date | null;
  readonly locale: Locale;
};

const COLUMNS = `known.user_id, known.sealed, known.digest, known.confirmed_at, known.pending_sealed,
  known.pending_digest, known.confirm_id, known.confirm_until, known.locale`;

const FIND = statement(
  'notifications.find-address',
  `SELECT ${COLUMNS} FROM notifications.email_addresses AS known WHERE known.user_id = $1`,
);
const BY_CONFIRM_ID = statement(
  'notifications.address-by-confirm-id',
  `SELECT ${COLUMNS} FROM notifications.email_addresses AS known WHERE known.confirm_id = $1`,
);
// Nobody has it, nor may have it: not asked yet, or every server that was has put it off.
const UNASKED = statement(
  'notifications.unasked-addresses',
  `SELECT known.confirm_id FROM notifications.email_addresses AS known
   WHERE known.confirm_until > now() AND known.updated_at < now() - $1 * interval '1 millisecond'
     AND NOT EXISTS (
       SELECT FROM notifications.attempts AS had WHERE had.notification_id = known.confirm_id AND had.way = 'email'
         AND (had.state <> 'refused' OR had.blame <> 'provider')
     )
   ORDER BY random() LIMIT $2`,
);
const PROPOSE = statement(
  'notifications.propose-address',
  `INSERT INTO notifications.email_addresses AS known
     (user_id, pending_sealed, pending_digest, confirm_id, confirm_until, locale)
   VALUES ($1, $2, $3, $4, $5, $6)
   ON CONFLICT (user_id) DO UPDATE SET pending_sealed = excluded.pending_sealed,
     pending_digest = excluded.pending_digest, confirm_id = excluded.confirm_id,
     confirm_until = excluded.confirm_until, locale = excluded.locale, updated_at = now()
   RETURNING ${COLUMNS}`,
);
const LOCK = statement(
  'notifications.lock-address',
  `SELECT ${COLUMNS} FROM notifications.email_addresses AS known WHERE known.user_id = $1 FOR NO KEY UPDATE`,
);
/** The link works once: the id that makes it is gone afterwards. */
const CONFIRM = statement(
  'notifications.confirm-address',
  `UPDATE notifications.email_addresses AS known
   SET sealed = known.pending_sealed, digest = known.pending_digest, confirmed_at = $2, pending_sealed = NULL,
     pending_digest = NULL, confirm_id = NULL, confirm_until = NULL, updated_at = now()
   WHERE known.confirm_id = $1 AND known.confirm_until > $2
   RETURNING ${COLUMNS}`,
);
const FORGET = statement(
  'notifications.forget-address',
  'DELETE FROM notifications.email_addresses WHERE email_addresses.user_id = $1 RETURNING 1',
);

export function findAddress(sql: Sql, userId: UserId): Promise<AddressRow | undefined> {
  return firstRow<AddressRow>(sql, FIND, [userId]);
}

/** As it is, kept from other writers. */
export function lockAddress(tx: Tx, userId: UserId): Promise<AddressRow | undefined> {
  return firstRow<AddressRow>(tx, LOCK, [userId]);
}

export function addressByConfirmId(sql: Sql, id: NotificationId): Promise<AddressRow | undefined> {
  return firstRow<AddressRow>(sql, BY_CONFIRM_ID, [id]);
}

/** Some of those whom no mail has asked for so many milliseconds since they named an address; in no order, so that none waits for others. */
export async function unaskedAddresses(sql: Sql, olderThanMs: number, limit: number): Promise<NotificationId[]> {
  const rows = await sql.rows<{ confirm_id: NotificationId }>(UNASKED, [olderThanMs, limit]);
  return rows.map(({ confirm_id: id }) => id);
}

export type Proposal = {
  readonly userId: UserId;
  readonly sealed: Uint8Array;
  readonly digest: Uint8Array;
  readonly confirmId: NotificationId;
  readonly until: Date;
  readonly locale: Locale;
};

/** Writes which address is to be confirmed, in the place of one that waits already. */
export async function proposeAddress(tx: Tx, made: Proposal): Promise<AddressRow> {
  const values = [made.userId, made.sealed, made.digest, made.confirmId, made.until, made.locale];
  return (await firstRow<AddressRow>(tx, PROPOSE, values))!;
}

/** Undefined when nothing waits under this id any more, or its time is over. */
export function confirmAddress(tx: Tx, id: NotificationId, at: Date): Promise<AddressRow | undefined> {
  return firstRow<AddressRow>(tx, CONFIRM, [id, at]);
}

/** @returns whether there was one */
export async function forgetAddress(tx: Tx, userId: UserId): Promise<boolean> {
  return (await firstRow(tx, FORGET, [userId])) !== undefined;
}
