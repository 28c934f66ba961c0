import type { Caller } from '#shared/caller.ts';
import type { PrivacyRequest } from '#shared/contracts/auth/privacy.ts';
import { AppError } from '#shared/errors.ts';
import type { PrivacyRequestId } from '#shared/ids.ts';
import { holdAccount } from '../account-life/store.ts';
import { actingAs } from '#shared/act-as.ts';
import { askForErasure } from './ask-for-erasure.ts';
import { cancelled } from './cancelled.ts';
import type { PrivacyPorts } from './ports.ts';
import { requestView } from './request-view.ts';
import { ownRequest } from './read-request.ts';
import { cancelErasure, findOpenRequest } from './store.ts';

type Ports = Pick<PrivacyPorts, 'databases' | 'outbox' | 'tokens' | 'times' | 'clock'>;

/**
 * Takes a request to be forgotten. The account goes on until the erasure begins, so that its owner, or whoever's session
 * was stolen, can take it back; asking again answers the one that waits.
 *
 * @throws {AppError} STEP_UP_REQUIRED
 */
export async function requestErasure(
  ports: Ports,
  caller: Caller,
  stepUpToken: string | undefined,
): Promise<PrivacyRequest> {
  await ports.tokens.verifyStepUp(stepUpToken, caller);
  const { userId, country } = caller;
  return await actingAs(ports.databases.of(country), userId, async (tx) => {
    const account = await holdAccount(tx, userId);
    if (account?.status !== 'active') throw new AppError('UNAUTHORIZED');
    const open = await findOpenRequest(tx, userId, 'erasure');
    if (open !== undefined) return requestView(open, country);
    const asked = {
      userId,
      country,
      origin: 'request',
      at: ports.clock(),
      graceMs: ports.times.erasureGraceMs,
    } as const;
    const { request, events } = await askForErasure(ports, tx, asked);
    const audit = {
      actor: userId,
      action: 'auth.erasure_requested',
      subject: userId,
      region: country,
      outcome: 'ok',
      facts: { requestId: request.id },
    } as const;
    await ports.outbox.append(tx, { events, audit: [audit] });
    return requestView(request, country);
  });
}

/** @throws {AppError} NOT_FOUND when the caller has no such request, CONFLICT when there is nothing left to take back */
export async function cancelRequest(
  { databases, outbox }: Pick<Ports, 'databases' | 'outbox'>,
  caller: Caller,
  id: PrivacyRequestId,
): Promise<PrivacyRequest> {
  const { userId, country } = caller;
  return await actingAs(databases.of(country), userId, async (tx) => {
    const request = await cancelErasure(tx, userId, id);
    if (request === undefined) {
      await ownRequest(tx, userId, id);
      throw new AppError('CONFLICT', { message: 'Only an erasure that has not begun can be taken back' });
    }
    await outbox.append(tx, {
      events: cancelled(request, country),
      audit: [
        {
          actor: userId,
          action: 'auth.erasure_cancelled',
          subject: userId,
          region: country,
          outcome: 'ok',
          facts: { requestId: id },
        },
      ],
    });
    return requestView(request, country);
  });
}
