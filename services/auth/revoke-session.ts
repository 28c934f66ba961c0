import type { Caller } from '#shared/caller.ts';
import { AppError } from '#shared/errors.ts';
import { type RevocationReason, SessionRevoked } from '#shared/events/auth.ts';
import { happened, type Outbox } from '#shared/events/event.ts';
import type { SessionId } from '#shared/ids.ts';
import type { Databases } from '#shared/sql.ts';
import type { Clock } from '#shared/time.ts';
import { lessTrustedUntil, newDeviceRefusal } from './limited.ts';
import type { Revocations } from './revocations.ts';
import { isTrusted, revoke, revokeOthers } from './session-store.ts';
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
 * a stolen number must not lock the owner out, so a new device ends what is trusted more than itself with the PIN only.
 *
 * @throws {AppError} NOT_FOUND when the caller has no such live session; FORBIDDEN on a new device without Step-Up;
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
  if (isOther && (await isTrusted(ports.databases.of(country), sessionId, userId))) {
    await refuseLessTrusted(ports, caller, stepUpToken);
  }
  await endSession(ports, caller, sessionId, 'revoked_by_user');
}

/** Ends all sessions of the caller but the one that asks; returns how many there were. @throws as {@link revokeSession} */
export async function revokeOtherSessions(
  ports: RevokeSessionPorts,
  caller: Caller,
  stepUpToken: string | undefined,
): Promise<number> {
  const { userId, country: region } = caller;
  const reason = 'revoked_by_user';
  await refuseLessTrusted(ports, caller, stepUpToken);
  const ended = await ports.databases.of(region).transaction(async (tx) => {
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
    await endSession(ports, caller, caller.sessionId, 'logged_out');
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'NOT_FOUND')) throw error;
  }
}

async function endSession(
  ports: EndSessionPorts,
  caller: Caller,
  sessionId: SessionId,
  reason: RevocationReason,
): Promise<void> {
  const { userId, country: region } = caller;
  await ports.databases.of(region).transaction(async (tx) => {
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

async function refuseLessTrusted(
  ports: RevokeSessionPorts,
  caller: Caller,
  stepUpToken: string | undefined,
): Promise<void> {
  const until = await lessTrustedUntil(ports, caller);
  if (until === undefined) return;
  if (stepUpToken !== undefined) return await ports.tokens.verifyStepUp(stepUpToken, caller);
  await ports.databases.of(caller.country).transaction(async (tx) => {
    const { userId: actor, country: region } = caller;
    await ports.outbox.append(tx, {
      audit: [{ actor, action: 'auth.session_revoked', subject: actor, region, outcome: 'refused' }],
    });
  });
  throw newDeviceRefusal(until, ', or at once with Step-Up');
}
