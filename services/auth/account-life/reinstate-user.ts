import type { Caller } from '#shared/caller.ts';
import type { OpsAccount } from '#shared/contracts/auth/account-life.ts';
import { AppError } from '#shared/errors.ts';
import { AccountReinstated } from '#shared/events/account-life.ts';
import { happened, type Outbox } from '#shared/events/event.ts';
import { regionOf, type UserId } from '#shared/ids.ts';
import type { Databases } from '#shared/sql.ts';
import { actAs } from '../privacy/act-as.ts';
import { cancelled } from '../privacy/cancelled.ts';
import { cancelErasure } from '../privacy/store.ts';
import { noted } from './note.ts';
import { accountView } from './read-account.ts';
import { decideAppeal, holdAccount, moveAccount } from './store.ts';

/**
 * Opens an account again: a suspended one, or a deleted one that is not erased yet. An open appeal is granted by it. Its
 * owner logs in anew. An active account stays as it is.
 *
 * @throws {AppError} NOT_FOUND, CONFLICT for what is erased or about to be
 */
export async function reinstateUser(
  { databases, outbox }: { readonly databases: Databases; readonly outbox: Outbox },
  caller: Caller,
  userId: UserId,
  reason: string,
): Promise<OpsAccount> {
  const database = databases.of(regionOf(userId));
  await database.transaction(async (tx) => {
    const account = await holdAccount(tx, userId);
    if (account === undefined) throw new AppError('NOT_FOUND');
    if (account.status === 'active') return;
    if (account.erased_at !== null) throw new AppError('CONFLICT', { message: 'The account is erased' });
    await actAs(tx, 'staff');
    await moveAccount(tx, userId, { to: 'active' });
    await decideAppeal(tx, userId, 'accepted', caller.userId);
    const erasure = account.status === 'deleted' ? await cancelErasure(tx, userId) : undefined;
    const audit = await noted(tx, account, { change: 'reinstated', by: 'ops', actorId: caller.userId, reason });
    const reinstated = happened(AccountReinstated, userId, { user_id: userId, country: account.country_code });
    await outbox.append(tx, { events: [reinstated, ...cancelled(erasure, account.country_code)], audit: [audit] });
  });
  return await accountView(database, userId);
}
