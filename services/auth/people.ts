import type { Role } from '#shared/caller.ts';
import type { UserStatus } from '#shared/contracts/auth/user.ts';
import { regionOf, type UserId } from '#shared/ids.ts';
import type { Country, Locale } from '#shared/regions.ts';
import type { Database, Databases } from '#shared/sql.ts';
import { countryOf } from './phone.ts';
import { type AccountRow, findAccounts, findAccountsByPhone } from './store.ts';

/** What other domains may know of a person. */
export type Person = {
  readonly id: UserId;
  readonly country: Country;
  readonly status: UserStatus;
  readonly role: Role;
  readonly displayName: string;
  readonly avatarUrl: string | null;
  readonly locale: Locale;
  readonly timezone: string;
  /** 0 (a phone number only) to 3. */
  readonly kycTier: number;
};

/** People by id, whatever their home region and status, in no particular order; unknown ids are left out. */
export async function findPeople(databases: Databases, ids: readonly UserId[]): Promise<Person[]> {
  const byHome = Map.groupBy(new Set(ids), (id) => databases.of(regionOf(id)));
  const found = await fromEach(byHome, findAccounts);
  return found.map((account) => ({
    id: account.id,
    country: account.country_code,
    status: account.status,
    role: account.role,
    displayName: account.display_name,
    avatarUrl: account.avatar_url,
    locale: account.locale,
    timezone: account.timezone,
    kycTier: account.kyc_tier,
  }));
}

/**
 * The active accounts among E.164 numbers of our countries, without those who have blocked the one who asks. A number
 * says itself in which region its account would be.
 */
export async function findByPhone(
  databases: Databases,
  userId: UserId,
  phoneNumbers: readonly string[],
): Promise<AccountRow[]> {
  const homes = [...new Set(phoneNumbers)].flatMap((phone) => {
    const country = countryOf(phone);
    return country === undefined ? [] : [{ phone, home: databases.of(country) }];
  });
  const byHome = new Map(
    [...Map.groupBy(homes, ({ home }) => home)].map(([home, entries]) => [home, entries.map(({ phone }) => phone)]),
  );
  return await fromEach(byHome, (database, phones) => findAccountsByPhone(database, userId, phones));
}

async function fromEach<Key, Row>(
  byHome: ReadonlyMap<Database, readonly Key[]>,
  find: (database: Database, keys: readonly Key[]) => Promise<Row[]>,
): Promise<Row[]> {
  const found = await Promise.all([...byHome].map(([database, keys]) => find(database, keys)));
  return found.flat();
}
