import type { Brand, UserId } from '#shared/ids.ts';
import type { Locale } from '#shared/regions.ts';
import { firstRow, type Sql, statement, type Tx } from '#shared/sql.ts';
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
