import type { Caller } from '#shared/caller.ts';
import type { OpsAccount } from '#shared/contracts/auth/account-life.ts';
import { AppError } from '#shared/errors.ts';
import { AccountReinstated } from '#shared/events/account-life.ts';
import { happened, type NewEvent, type Outbox } from '#shared/events/event.ts';
import { regionOf, type UserId } from '#shared/ids.ts';
import type { Databases, Tx } from '#shared/sql.ts';
import type { Clock } from '#shared/time.ts';
import { actAs } from '#shared/act-as.ts';
import { cancelled } from '../privacy/cancelled.ts';
import type { PrivacyTimes } from '../privacy/ports.ts';
import { cancelErasure, postponeErasure } from '../privacy/store.ts';
import { noted } from './note.ts';
import { viewForStaff } from './read-account.ts';
import { decideAppeal, holdAccount, type LifeRow, moveAccount, staySuspended } from './store.ts';

export type ReinstatePorts = {
  readonly databases: Databases;
  readonly outbox: Outbox;
  readonly times: Pick<PrivacyTimes, 'erasureGraceMs'>;
  readonly clock: Clock;
};

/**
 * Opens an account again: a suspended one, or a deleted one that is not erased yet. An open appeal is granted by it. Its
 * owner logs in anew. An active account stays as it is. Of one that was suspended while it was deleted only the
 * suspension is lifted: that it was closed is another's wish, and is undone by doing this once more.
 *
 * An erasure that had waited for this leaves time to be taken back, which nobody could do meanwhile.
 *
 * @throws {AppError} NOT_FOUND, CONFLICT for what is erased or about to be
 */
export async function reinstateUser(
  { databases, outbox, times, clock }: ReinstatePorts,
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
    const events = account.stays_suspended ? await liftUnderDeletion(tx, account) : await openAgain(tx, account);
    await decideAppeal(tx, userId, 'accepted', caller.userId);
    if (account.status === 'suspended' || account.stays_suspended) {
      await postponeErasure(tx, userId, new Date(clock().getTime() + times.erasureGraceMs));
    }
    const audit = await noted(tx, account, { change: 'reinstated', by: 'ops', actorId: caller.userId, reason });
    await outbox.append(tx, { events, audit: [audit] });
  });
  return await viewForStaff(database, userId);
}

/** The account stays closed, so nobody is told that it may be used. */
async function liftUnderDeletion(tx: Tx, { id }: LifeRow): Promise<NewEvent[]> {
  await staySuspended(tx, id, false);
  return [];
}

async function openAgain(tx: Tx, { id, status, country_code: country }: LifeRow): Promise<NewEvent[]> {
  await moveAccount(tx, id, { to: 'active' });
  const erasure = status === 'deleted' ? await cancelErasure(tx, id) : undefined;
  return [happened(AccountReinstated, id, { user_id: id, country }), ...cancelled(erasure, country)];
}
