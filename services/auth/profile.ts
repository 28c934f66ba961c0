import type { Caller } from '#shared/caller.ts';
import type { PresenceVisibility, User } from '#shared/contracts/auth/user.ts';
import { AppError, invalid } from '#shared/errors.ts';
import { ProfileUpdated } from '#shared/events/auth.ts';
import { happened, type Outbox } from '#shared/events/event.ts';
import type { Locale } from '#shared/regions.ts';
import type { Databases } from '#shared/sql.ts';
import { findAccounts, updateProfile as update, userOf } from './store.ts';

/** @throws {AppError} UNAUTHORIZED when the account is gone */
export async function readProfile(databases: Databases, caller: Caller): Promise<User> {
  const [account] = await findAccounts(databases.of(caller.country), [caller.userId]);
  if (account === undefined) throw new AppError('UNAUTHORIZED');
  return userOf(account);
}

export type UpdateProfile = {
  readonly displayName?: string | undefined;
  readonly avatarUrl?: string | null | undefined;
  readonly locale?: Locale | undefined;
  readonly timezone?: string | undefined;
  readonly presenceVisibleTo?: PresenceVisibility | undefined;
};

export type UpdateProfilePorts = {
  readonly databases: Databases;
  readonly outbox: Outbox;
};

/**
 * Changes what is named and leaves the rest.
 *
 * @throws {AppError} VALIDATION_ERROR for a time zone that is none
 */
export async function updateProfile(ports: UpdateProfilePorts, caller: Caller, change: UpdateProfile): Promise<User> {
  const { displayName, avatarUrl, locale, timezone, presenceVisibleTo } = change;
  if (timezone !== undefined && !isTimeZone(timezone)) throw invalid('timezone', 'must be an IANA time zone');

  const account = await ports.databases.of(caller.country).transaction(async (tx) => {
    const changed = await update(tx, caller.userId, {
      displayName,
      avatarUrl,
      locale,
      timezone,
      presenceVisibleTo,
    });
    if (changed === undefined) throw new AppError('UNAUTHORIZED');
    await ports.outbox.append(tx, { events: [happened(ProfileUpdated, changed.id, { user_id: changed.id })] });
    return changed;
  });
  return userOf(account);
}

/** A name such as Asia/Bangkok; a bare offset is no zone. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
