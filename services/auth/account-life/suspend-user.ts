import type { Caller } from '#shared/caller.ts';
import type { OpsAccount } from '#shared/contracts/auth/account-life.ts';
import { AppError } from '#shared/errors.ts';
import { AccountSuspended } from '#shared/events/account-life.ts';
import { happened, type Outbox } from '#shared/events/event.ts';
import { regionOf, type SessionId, type UserId } from '#shared/ids.ts';
import type { Databases } from '#shared/sql.ts';
import type { Revocations } from '../revocations.ts';
import { endSessions } from './end-sessions.ts';
import { noted } from './note.ts';
import { viewForStaff } from './read-account.ts';
import { holdAccount, isSuspended, moveAccount, staySuspended } from './store.ts';

export type SuspendPorts = {
  readonly databases: Databases;
  readonly outbox: Outbox;
  readonly revocations: Pick<Revocations, 'announce'>;
};

/**
 * Shuts an account: its sessions end within a second, its sockets within five, and no login opens another. Suspending
 * again changes nothing. One that is deleted is suspended under its deletion, so that closing it is no way out: it comes
 * back suspended, and is not erased before ops have decided.
 *
 * @throws {AppError} NOT_FOUND, CONFLICT for oneself and for an account that is erased
 */
export async function suspendUser(
  { databases, outbox, revocations }: SuspendPorts,
  caller: Caller,
  userId: UserId,
  reason: string | undefined,
): Promise<OpsAccount> {
  if (userId === caller.userId) throw new AppError('CONFLICT', { message: 'Nobody suspends themselves' });
  const database = databases.of(regionOf(userId));
  const ended = await database.transaction(async (tx): Promise<readonly SessionId[]> => {
    const account = await holdAccount(tx, userId);
    if (account === undefined) throw new AppError('NOT_FOUND');
    if (account.erased_at !== null) throw new AppError('CONFLICT', { message: 'The account is erased' });
    if (isSuspended(account)) return [];
    if (account.status === 'deleted') await staySuspended(tx, userId, true);
    else await moveAccount(tx, userId, { to: 'suspended' });
    const sessions = await endSessions(tx, userId, 'account_suspended');
    const audit = await noted(tx, account, { change: 'suspended', by: 'ops', actorId: caller.userId, reason });
    const suspended = happened(AccountSuspended, userId, { user_id: userId, country: account.country_code });
    await outbox.append(tx, { events: [suspended, ...sessions.events], audit: [audit] });
    return sessions.ids;
  });
  revocations.announce(ended);
  return await viewForStaff(database, userId);
}
