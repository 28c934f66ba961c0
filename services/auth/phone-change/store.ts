import type { Brand, UserId } from '#shared/ids.ts';
import type { Country, Locale } from '#shared/regions.ts';
import { firstRow, type Sql, statement, type Tx } from '#shared/sql.ts';
import { ACCOUNT_COLUMNS, type AccountRow } from '../store.ts';

const COLUMNS = ACCOUNT_COLUMNS.map((column) => `accounts.${column}`).join(', ');

const HOLD = statement(
  'auth.hold-for-phone-change',
  `SELECT accounts.phone_number, accounts.locale FROM auth.accounts
   WHERE accounts.id = $1 AND accounts.status = 'active' FOR NO KEY UPDATE`,
);
// Idle as auth.judge_guesses has it.
const HOLDER = statement(
  'auth.hold-holder-for-phone-change',
  `SELECT accounts.id, accounts.country_code,
     accounts.status = 'active' AND now() - $2::bigint * interval '1 millisecond' > greatest(
       accounts.last_login_on::timestamptz,
       (SELECT max(used.last_activity_at) FROM auth.sessions AS used
        WHERE used.account_id = accounts.id AND used.revoked_at IS NULL),
       (SELECT seen.last_seen_at FROM auth.last_seen AS seen WHERE seen.account_id = accounts.id)) AS is_idle
   FROM auth.accounts WHERE accounts.phone_number = $1 FOR NO KEY UPDATE`,
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
const OLD_NUMBER = statement(
  'auth.read-old-number',
  'SELECT change.old_number, change.locale FROM auth.phone_changes AS change WHERE change.id = $1',
);
const FORGET = statement(
  'auth.forget-old-number',
  'UPDATE auth.phone_changes AS change SET old_number = NULL WHERE change.id = $1',
);

export type PhoneChangeId = Brand<string, 'PhoneChangeId'>;

export type Held = { readonly phone_number: string; readonly locale: Locale };

/** Takes the account's row; undefined unless it is active. */
export async function holdForPhoneChange(tx: Tx, userId: UserId): Promise<Held | undefined> {
  return await firstRow<Held>(tx, HOLD, [userId]);
}

export type Holder = { readonly id: UserId; readonly country_code: Country; readonly is_idle: boolean };

/** Takes the row of the account that a number has, if any. It is idle when nobody has used it for that long. */
export async function holdHolder(tx: Tx, phone: string, idleMs: number): Promise<Holder | undefined> {
  return await firstRow<Holder>(tx, HOLDER, [phone, idleMs]);
}

export type PhoneChange = {
  readonly id: PhoneChangeId;
  readonly userId: UserId;
  readonly from: Held;
  readonly to: string;
};

/** Keeps the number that an account leaves, until it has been told. */
export async function keepOldNumber(tx: Tx, id: PhoneChangeId, userId: UserId, from: Held): Promise<void> {
  await tx.rows(KEEP_OLD, [id, userId, from.phone_number, from.locale]);
}

/** The account with its new number; the old one is kept to be told. */
export async function changeNumber(tx: Tx, { id, userId, from, to }: PhoneChange): Promise<AccountRow> {
  await keepOldNumber(tx, id, userId, from);
  return (await firstRow<AccountRow>(tx, CHANGE, [userId, to]))!;
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
