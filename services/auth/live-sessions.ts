import { regionOf, type SessionId, type UserId } from '#shared/ids.ts';
import { type Databases, statement } from '#shared/sql.ts';

const LIVE = statement(
  'auth.live-sessions-of',
  `SELECT sessions.id FROM auth.sessions
   WHERE sessions.account_id = $1 AND sessions.revoked_at IS NULL AND sessions.expires_at > now()`,
);

/** The sessions of someone that live, as the store knows: a token that was checked before may be of one that has ended. */
export async function liveSessionsOf(databases: Databases, userId: UserId): Promise<ReadonlySet<SessionId>> {
  const rows = await databases.of(regionOf(userId)).rows<{ id: SessionId }>(LIVE, [userId]);
  return new Set(rows.map(({ id }) => id));
}
