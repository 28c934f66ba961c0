import type { Role } from '#shared/caller.ts';
import type { PresenceVisibility, User, UserStatus } from '#shared/contracts/auth/user.ts';
import type { UserId } from '#shared/ids.ts';
import type { Country, Locale } from '#shared/regions.ts';
import { firstRow, type Sql, statement } from '#shared/sql.ts';

export type AccountRow = {
  readonly id: UserId;
  readonly phone_number: string;
  readonly country_code: Country;
  readonly status: UserStatus;
  readonly role: Role;
  readonly display_name: string;
  readonly avatar_url: string | null;
  readonly locale: Locale;
  readonly timezone: string;
  readonly presence_visible_to: PresenceVisibility;
  /** How far verification has got: 0 (a phone number only) to 3. */
  readonly kyc_tier: number;
  readonly created_at: Date;
  readonly updated_at: Date;
};

export const ACCOUNT_COLUMNS = [
  'id',
  'phone_number',
  'country_code',
  'status',
  'role',
  'display_name',
  'avatar_url',
  'locale',
  'timezone',
  'presence_visible_to',
  'kyc_tier',
  'created_at',
  'updated_at',
] as const satisfies readonly (keyof AccountRow)[];

const COLUMNS = ACCOUNT_COLUMNS.map((column) => `accounts.${column}`).join(', ');

const FIND = statement(
  'auth.find-accounts',
  `SELECT ${COLUMNS} FROM auth.accounts WHERE accounts.id = ANY ($1::uuid[])`,
);
const FIND_BY_PHONE = statement(
  'auth.find-accounts-by-phone',
  `SELECT ${COLUMNS} FROM auth.accounts WHERE accounts.phone_number = ANY ($1::text[]) AND accounts.status = 'active'
     AND NOT EXISTS (SELECT FROM auth.blocks WHERE blocks.blocker_id = accounts.id AND blocks.blocked_id = $2)`,
);
const UPDATE_PROFILE = statement(
  'auth.update-profile',
  `UPDATE auth.accounts SET
     display_name = coalesce($2, accounts.display_name),
     avatar_url   = CASE WHEN $3 THEN $4 ELSE accounts.avatar_url END,
     locale       = coalesce($5, accounts.locale),
     timezone     = coalesce($6, accounts.timezone),
     presence_visible_to = coalesce($7, accounts.presence_visible_to),
     updated_at   = now()
   WHERE accounts.id = $1 AND accounts.status = 'active'
   RETURNING ${COLUMNS}`,
);

/** Accounts in any status; unknown ids are left out. */
export async function findAccounts(sql: Sql, ids: readonly UserId[]): Promise<AccountRow[]> {
  return await sql.rows<AccountRow>(FIND, [ids]);
}

/** Active accounts that have one of these E.164 numbers, and have not blocked the user. */
export async function findAccountsByPhone(
  sql: Sql,
  userId: UserId,
  phoneNumbers: readonly string[],
): Promise<AccountRow[]> {
  return await sql.rows<AccountRow>(FIND_BY_PHONE, [phoneNumbers, userId]);
}

export type ProfileChange = {
  readonly displayName: string | undefined;
  /** `null` takes the picture away, `undefined` leaves it. */
  readonly avatarUrl: string | null | undefined;
  readonly locale: Locale | undefined;
  readonly timezone: string | undefined;
  readonly presenceVisibleTo: PresenceVisibility | undefined;
};

/** The account after the change; undefined when it may not be changed. */
export async function updateProfile(sql: Sql, id: UserId, change: ProfileChange): Promise<AccountRow | undefined> {
  const { displayName, avatarUrl, locale, timezone, presenceVisibleTo } = change;
  return await firstRow<AccountRow>(sql, UPDATE_PROFILE, [
    id,
    displayName ?? null,
    avatarUrl !== undefined,
    avatarUrl ?? null,
    locale ?? null,
    timezone ?? null,
    presenceVisibleTo ?? null,
  ]);
}

/** An account as its owner sees it. */
export function userOf(account: AccountRow): User {
  return {
    id: account.id,
    phone_number: account.phone_number,
    country_code: account.country_code,
    status: account.status,
    profile: {
      display_name: account.display_name,
      avatar_url: account.avatar_url,
      locale: account.locale,
      timezone: account.timezone,
      presence_visible_to: account.presence_visible_to,
    },
    created_at: account.created_at.toISOString(),
    updated_at: account.updated_at.toISOString(),
  };
}
