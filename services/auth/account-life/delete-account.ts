import type { Caller } from '#shared/caller.ts';
import type { PrivacyRequest } from '#shared/contracts/auth/privacy.ts';
import { AppError } from '#shared/errors.ts';
import { AccountDeleted } from '#shared/events/account-life.ts';
import { happened } from '#shared/events/event.ts';
import { regionOf, type SessionId, type UserId } from '#shared/ids.ts';
import type { Tx } from '#shared/sql.ts';
import { actAs } from '#shared/act-as.ts';
import { askForErasure } from '../privacy/ask-for-erasure.ts';
import type { PrivacyPorts } from '../privacy/ports.ts';
import { requestView } from '../privacy/request-view.ts';
import { type RequestRow, takeOverErasure } from '../privacy/store.ts';
import { endSessions } from './end-sessions.ts';
import { noted } from './note.ts';
import { decideAppeal, holdAccount, type LifeRow, moveAccount } from './store.ts';

export type DeletePorts = Pick<PrivacyPorts, 'databases' | 'outbox' | 'tokens' | 'revocations' | 'times' | 'clock'>;

/**
 * Closes the caller's account at once: nobody finds it, its sessions end. It is erased when the time to think better of
 * it is over; a login until then brings it back as it was.
 *
 * @throws {AppError} STEP_UP_REQUIRED
 */
export async function deleteAccount(
  ports: DeletePorts,
  caller: Caller,
  stepUpToken: string | undefined,
): Promise<PrivacyRequest> {
  await ports.tokens.verifyStepUp(stepUpToken, caller);
  return await close(ports, caller.userId, async (account) => {
    // Its sessions have ended, so this one has too; who asks a moment later is told so.
    if (account.status !== 'active') throw new AppError('UNAUTHORIZED');
    return { by: 'user', actorId: caller.userId };
  });
}

/**
 * Closes an account by order of compliance: the same, but no login brings it back, only ops. One that its owner has
 * closed is taken over. Whoever orders it decides about a suspension as well, so that the erasure does not wait for that;
 * its time of grace is whole, however soon an erasure that was asked for before would have begun.
 *
 * @throws {AppError} NOT_FOUND, CONFLICT for oneself and for an account that is erased, or deleted by compliance already
 */
export async function deleteUser(
  ports: DeletePorts,
  caller: Caller,
  userId: UserId,
  reason: string,
): Promise<PrivacyRequest> {
  if (userId === caller.userId) throw new AppError('CONFLICT', { message: 'Delete your own account as its owner' });
  return await close(ports, userId, async (account) => {
    if (account.erased_at !== null) throw new AppError('CONFLICT', { message: 'The account is erased' });
    const isOrdered = account.status === 'deleted' && account.restorable_until === null;
    if (isOrdered && !account.stays_suspended) throw new AppError('CONFLICT', { message: 'The account is deleted' });
    return { by: 'ops', actorId: caller.userId, reason };
  });
}

type Order = { readonly by: 'user' | 'ops'; readonly actorId: UserId; readonly reason?: string };

async function close(
  ports: DeletePorts,
  userId: UserId,
  judge: (account: LifeRow) => Promise<Order>,
): Promise<PrivacyRequest> {
  const { request, country, ended } = await ports.databases.of(regionOf(userId)).transaction(async (tx) => {
    const account = await holdAccount(tx, userId);
    if (account === undefined) throw new AppError('NOT_FOUND');
    return { country: account.country_code, ...(await closeIn(ports, tx, account, await judge(account))) };
  });
  ports.revocations.announce(ended);
  return requestView(request, country);
}

type Closed = { readonly request: RequestRow; readonly ended: readonly SessionId[] };

async function closeIn(ports: DeletePorts, tx: Tx, account: LifeRow, order: Order): Promise<Closed> {
  const { id, country_code: country } = account;
  const isOwn = order.by === 'user';
  await actAs(tx, isOwn ? id : 'staff');
  const origin = isOwn ? 'account_deletion' : 'compliance';
  const at = ports.clock();
  const graceMs = ports.times.deletionGraceMs;
  const waiting = await takeOverErasure(tx, id, origin, isOwn ? undefined : new Date(at.getTime() + graceMs));
  const asked =
    waiting === undefined
      ? await askForErasure(ports, tx, { userId: id, country, origin, at, graceMs })
      : { request: waiting, events: [] };
  const restorable = isOwn ? { restorableUntil: asked.request.starts_at } : {};
  await moveAccount(tx, id, { to: 'deleted', deletedAt: account.deleted_at ?? at, ...restorable });
  if (!isOwn) await decideAppeal(tx, id, 'rejected', order.actorId);
  const sessions = await endSessions(tx, id, 'account_deleted');
  const audit = await noted(tx, account, { change: 'deleted', ...order });
  const facts = { user_id: id, country, request_id: asked.request.id, by: order.by };
  const events = [happened(AccountDeleted, id, facts), ...asked.events, ...sessions.events];
  await ports.outbox.append(tx, { events, audit: [audit] });
  return { request: asked.request, ended: sessions.ids };
}
