import type { Brand, SessionId, UserId } from '#shared/ids.ts';
import type { Locale } from '#shared/regions.ts';
import { firstRow, type Sql, statement, type Tx } from '#shared/sql.ts';
import type { LoginDevice } from '../login-store.ts';
import { SESSION_LIFE_MS } from '../rules.ts';
import { ACCOUNT_COLUMNS, type AccountRow } from '../store.ts';

const COLUMNS = ACCOUNT_COLUMNS.map((column) => `accounts.${column}`).join(', ');

const HOLD = statement(
  'auth.hold-for-phone-change',
  `SELECT accounts.phone_number, accounts.locale,
     EXISTS (SELECT FROM auth.accounts AS other WHERE other.phone_number = $2) AS is_taken
   FROM auth.accounts WHERE accounts.id = $1 AND accounts.status = 'active' FOR NO KEY UPDATE OF accounts`,
);
const CHANGE = statement(
  'auth.change-phone',
  `UPDATE auth.accounts SET phone_number = $2, phone_changed_at = now(), updated_at = now()
   WHERE accounts.id = $1 RETURNING ${COLUMNS}`,
);
const KEEP_OLD = statement(
  'auth.keep-old-number',
  'INSERT INTO auth.phone_changes (id, account_id, old_number, locale) VALUES ($1, $2, $3, $4)',
);
const OPEN_SESSION = statement(
  'auth.open-session-after-phone-change',
  `WITH device AS (
     INSERT INTO auth.devices (account_id, device_key) VALUES ($2, $4) ON CONFLICT DO NOTHING
   )
   INSERT INTO auth.sessions
     (id, account_id, refresh_hash, device_id, platform, app_version, user_agent, ip_address, expires_at)
   VALUES ($1, $2, $3, $5, $6, $7, $8, $9, now() + $10::bigint * interval '1 millisecond')
   RETURNING sessions.limited_until`,
);
const OLD_NUMBER = statement(
  'auth.read-old-number',
  'SELECT change.old_number, change.locale FROM auth.phone_changes AS change WHERE change.id = $1',
);
const FORGET = statement(
  'auth.forget-old-number',
  'UPDATE auth.phone_changes AS change SET old_number = NULL WHERE change.id = $1',
);

export type PhoneChangeId = Brand<string, 'PhoneChangeId'>;

export type Held = { readonly phone_number: string; readonly locale: Locale; readonly is_taken: boolean };

/** Takes the account's row; undefined unless it is active. */
export async function holdForPhoneChange(tx: Tx, userId: UserId, phone: string): Promise<Held | undefined> {
  return await firstRow<Held>(tx, HOLD, [userId, phone]);
}

export type PhoneChange = {
  readonly id: PhoneChangeId;
  readonly userId: UserId;
  readonly from: Held;
  readonly to: string;
};

/** The account with its new number; the old one is kept to be told. */
export async function changeNumber(tx: Tx, { id, userId, from, to }: PhoneChange): Promise<AccountRow> {
  await tx.rows(KEEP_OLD, [id, userId, from.phone_number, from.locale]);
  return (await firstRow<AccountRow>(tx, CHANGE, [userId, to]))!;
}

export type NewSession = {
  readonly id: SessionId;
  readonly userId: UserId;
  readonly refreshHash: Uint8Array;
  readonly device: LoginDevice;
};

/** Returns until when it is limited, which the database finds. */
export async function openSession(tx: Tx, { id, userId, refreshHash, device }: NewSession): Promise<Date | undefined> {
  const { key, platform, appVersion, userAgent, ip } = device;
  const known = [device.id ?? null, platform ?? null, appVersion ?? null, userAgent, ip];
  const values = [id, userId, refreshHash, key, ...known, SESSION_LIFE_MS];
  return (await firstRow<{ limited_until: Date | null }>(tx, OPEN_SESSION, values))?.limited_until ?? undefined;
}

/** The number that was left and the language of its account; undefined once it was told. */
export async function oldNumberOf(
  sql: Sql,
  id: PhoneChangeId,
): Promise<{ readonly number: string; readonly locale: Locale } | undefined> {
  const row = await firstRow<{ old_number: string | null; locale: Locale }>(sql, OLD_NUMBER, [id]);
  const number = row?.old_number ?? undefined;
  return row === undefined || number === undefined ? undefined : { number, locale: row.locale };
}

export async function forgetOldNumber(sql: Sql, id: PhoneChangeId): Promise<void> {
  await sql.rows(FORGET, [id]);
}
