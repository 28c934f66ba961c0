import type { UserStatus } from '#shared/contracts/auth/user.ts';
import { regionOf, type UserId } from '#shared/ids.ts';
import type { Country, Locale } from '#shared/regions.ts';
import type { Databases } from '#shared/sql.ts';
import { findAccounts } from './store.ts';

/** How someone is spoken to, and where. */
export type RecipientFacts = {
  readonly userId: UserId;
  readonly country: Country;
  readonly locale: Locale;
  readonly timezone: string;
  /** E.164; undefined once the account has been erased. */
  readonly phone: string | undefined;
  readonly status: UserStatus;
};

/** E.164 of our countries. What an erasure leaves in its place is no number. */
const IS_NUMBER = /^\+[1-9]\d{6,14}$/;

/** Whom notifications are for, whatever their home region and status; unknown ids are left out. */
export async function findRecipients(
  databases: Databases,
  ids: readonly UserId[],
): Promise<ReadonlyMap<UserId, RecipientFacts>> {
  const byHome = Map.groupBy(new Set(ids), (id) => databases.of(regionOf(id)));
  const found = await Promise.all(Array.from(byHome, ([database, some]) => findAccounts(database, some)));
  return new Map(
    found.flat().map((account) => [
      account.id,
      {
        userId: account.id,
        country: account.country_code,
        locale: account.locale,
        timezone: account.timezone,
        phone: IS_NUMBER.test(account.phone_number) ? account.phone_number : undefined,
        status: account.status,
      },
    ]),
  );
}
