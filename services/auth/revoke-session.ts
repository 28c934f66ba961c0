import type { Caller } from '#shared/caller.ts';
import { AppError } from '#shared/errors.ts';
import { type RevocationReason, SessionRevoked } from '#shared/events/auth.ts';
import { happened, type Outbox } from '#shared/events/event.ts';
import type { SessionId } from '#shared/ids.ts';
import type { Databases } from '#shared/sql.ts';
import type { Revocations } from './revocations.ts';
import { revoke, revokeOthers } from './session-store.ts';

export type RevokeSessionPorts = {
  readonly databases: Databases;
  readonly outbox: Outbox;
  readonly revocations: Pick<Revocations, 'announce'>;
};

/**
 * Ends one of the caller's sessions everywhere: its access token within a second, its refresh token for good.
 *
 * @throws {AppError} NOT_FOUND when the caller has no such live session
 */
export async function revokeSession(
  ports: RevokeSessionPorts,
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

/** Ends all sessions of the caller but the one that asks; returns how many there were. */
export async function revokeOtherSessions(ports: RevokeSessionPorts, caller: Caller): Promise<number> {
  const { userId, country: region } = caller;
  const reason = 'revoked_by_user';
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
export async function logOut(ports: RevokeSessionPorts, caller: Caller): Promise<void> {
  try {
    await revokeSession(ports, caller, caller.sessionId, 'logged_out');
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'NOT_FOUND')) throw error;
  }
}
