import type { UserId } from '#shared/ids.ts';
import type { Presence as Told } from '#shared/sockets/presence.ts';
import type { Channels } from '../ports.ts';
import type { OpenPresence } from '../presence/open-presence.ts';
import { onEvent } from './handler.ts';

/**
 * Watches people and answers how they are now. Their rooms are joined first, and heard cluster-wide, so that what
 * changes in between is told. Someone who may not be watched looks like someone who is offline, and like nobody.
 */
export function onSubscribePresence({ presence, mayWatch }: OpenPresence, channels: Pick<Channels, 'settled'>) {
  return onEvent('presence:subscribe', 'control', async (session, { user_ids: userIds }) => {
    const asked = [...new Set(userIds)];
    const allowed = await mayWatch(session.caller.userId, asked);
    session.watch([...allowed.keys()]);
    await channels.settled();
    const statuses = await presence.statusOf([...allowed.keys()]);
    const tell = (userId: UserId): Told => {
      const status = statuses.get(userId) ?? 'offline';
      const lastSeenAt = allowed.get(userId)?.toISOString();
      if (status === 'online' || lastSeenAt === undefined) return { user_id: userId, status };
      return { user_id: userId, status, last_seen_at: lastSeenAt };
    };
    return { presence: asked.map(tell) };
  });
}
