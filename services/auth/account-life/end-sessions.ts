import { type RevocationReason, SessionRevoked } from '#shared/events/auth.ts';
import { happened, type NewEvent } from '#shared/events/event.ts';
import type { SessionId, UserId } from '#shared/ids.ts';
import type { Tx } from '#shared/sql.ts';
import { endAllSessions } from './store.ts';

export type EndedSessions = { readonly ids: readonly SessionId[]; readonly events: readonly NewEvent[] };

/** Ends every session of an account whose row is held. Announce the ids after the commit. */
export async function endSessions(tx: Tx, userId: UserId, reason: RevocationReason): Promise<EndedSessions> {
  const ids = await endAllSessions(tx, userId, reason);
  const revoked = (id: SessionId) => happened(SessionRevoked, userId, { user_id: userId, session_id: id, reason });
  return { ids, events: ids.map(revoked) };
}
