import type { Caller } from '#shared/caller.ts';
import type { Session } from '#shared/contracts/auth/sessions.ts';
import type { Databases } from '#shared/sql.ts';
import { listLiveSessions } from './session-store.ts';

/** Where the caller is logged in, newest first. */
export async function listSessions(databases: Databases, caller: Caller): Promise<Session[]> {
  const rows = await listLiveSessions(databases.of(caller.country), caller.userId);
  return rows.map((row) => ({
    id: row.id,
    device_info: {
      device_id: row.device_id,
      platform: row.platform,
      app_version: row.app_version,
      user_agent: row.user_agent,
      ip_address: row.ip_address,
    },
    status: 'active',
    is_current: row.id === caller.sessionId,
    last_activity_at: row.last_activity_at.toISOString(),
    created_at: row.created_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
  }));
}
