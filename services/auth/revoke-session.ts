import type { Caller } from '#shared/caller.ts';
import { AppError } from '#shared/errors.ts';
import { type RevocationReason, SessionRevoked } from '#shared/events/auth.ts';
import { happened, type Outbox } from '#shared/events/event.ts';
import type { SessionId } from '#shared/ids.ts';
import type { Databases } from '#shared/sql.ts';
import type { Clock } from '#shared/time.ts';
import { lessTrustedUntil, newDeviceRefusal } from './limited.ts';
import { readPin } from './pin-store.ts';
import type { Revocations } from './revocations.ts';
import { isTrusted, lowerLimits, revoke, revokeOthers } from './session-store.ts';
import type { Tokens } from './tokens.ts';

type EndSessionPorts = {
  readonly databases: Databases;
  readonly outbox: Outbox;
  readonly revocations: Pick<Revocations, 'announce'>;
};

export type RevokeSessionPorts = EndSessionPorts & {
  readonly tokens: Pick<Tokens, 'verifyStepUp'>;
  readonly clock: Clock;
};

/**
 * Ends one of the caller's sessions everywhere: its access token within a second, its refresh token for good. Somebody with
 * a stolen number must not lock the owner out, so a new device ends what is trusted more than itself with the PIN only. An
 * account without a PIN has nothing to tell its owner by, who may be the one on the new device because a thief has the old
 * one: it may, and limits are low for a day for whoever is on either.
 *
 * @throws {AppError} NOT_FOUND when the caller has no such live session; FORBIDDEN on a new device without Step-Up, where
 *   there is a PIN;
 *   STEP_UP_REQUIRED for a proof that is none
 */
export async function revokeSession(
  ports: RevokeSessionPorts,
  caller: Caller,
  sessionId: SessionId,
  stepUpToken: string | undefined,
): Promise<void> {
  const { userId, country } = caller;
  const isOther = sessionId !== caller.sessionId;
  const asksMore = isOther && (await isTrusted(ports.databases.of(country), sessionId, userId));
  const lowers = asksMore && (await refuseLessTrusted(ports, caller, stepUpToken));
  await endSession(ports, caller, { sessionId, reason: 'revoked_by_user', lowers });
}

/** Ends all sessions of the caller but the one that asks; returns how many there were. @throws as {@link revokeSession} */
export async function revokeOtherSessions(
  ports: RevokeSessionPorts,
  caller: Caller,
  stepUpToken: string | undefined,
): Promise<number> {
  const { userId, country: region } = caller;
  const reason = 'revoked_by_user';
  const lowers = await refuseLessTrusted(ports, caller, stepUpToken);
  const ended = await ports.databases.of(region).transaction(async (tx) => {
    if (lowers) await lowerLimits(tx, caller.sessionId, userId);
    const ids = await revokeOthers(tx, userId, caller.sessionId, reason);
    await ports.outbox.append(tx, {
      events: ids.map((id) => happened(SessionRevoked, userId, { user_id: userId, session_id: id, reason })),
      audit: ids.map((id) => {
        return { actor: userId, action: 'auth.session_revoked', subject: id, region, outcome: 'ok', facts: { reason } };
      }),
    });
    return ids;
  });
  ports.revocations.announce(ended);
  return ended.length;
}

/** Ends the session that asks. One that ended a moment ago has what it wanted. */
export async function logOut(ports: EndSessionPorts, caller: Caller): Promise<void> {
  try {
    await endSession(ports, caller, { sessionId: caller.sessionId, reason: 'logged_out', lowers: false });
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'NOT_FOUND')) throw error;
  }
}

type Ending = { readonly sessionId: SessionId; readonly reason: RevocationReason; readonly lowers: boolean };

async function endSession(
  ports: EndSessionPorts,
  caller: Caller,
  { sessionId, reason, lowers }: Ending,
): Promise<void> {
  const { userId, country: region } = caller;
  await ports.databases.of(region).transaction(async (tx) => {
    if (lowers) await lowerLimits(tx, caller.sessionId, userId);
    if (!(await revoke(tx, sessionId, userId, reason))) throw new AppError('NOT_FOUND');
    await ports.outbox.append(tx, {
      events: [happened(SessionRevoked, userId, { user_id: userId, session_id: sessionId, reason })],
      audit: [
        { actor: userId, action: 'auth.session_revoked', subject: sessionId, region, outcome: 'ok', facts: { reason } },
      ],
    });
  });
  ports.revocations.announce([sessionId]);
}

/** Whether it is allowed for want of a PIN only, and limits must be lowered for it. */
async function refuseLessTrusted(
  ports: RevokeSessionPorts,
  caller: Caller,
  stepUpToken: string | undefined,
): Promise<boolean> {
  const until = await lessTrustedUntil(ports, caller);
  if (until === undefined) return false;
  if (stepUpToken !== undefined) {
    await ports.tokens.verifyStepUp(stepUpToken, caller);
    return false;
  }
  if ((await readPin(ports.databases.of(caller.country), caller.userId)) === undefined) return true;
  await ports.databases.of(caller.country).transaction(async (tx) => {
    const { userId: actor, country: region } = caller;
    await ports.outbox.append(tx, {
      audit: [{ actor, action: 'auth.session_revoked', subject: actor, region, outcome: 'refused' }],
    });
  });
  throw newDeviceRefusal(until, ', or at once with Step-Up');
}
