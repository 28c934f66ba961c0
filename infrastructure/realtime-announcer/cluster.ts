import { createShardedAdapter } from '@socket.io/redis-adapter';
import type { DefaultEventsMap, Namespace, Server, ServerOptions } from 'socket.io';
import type { ServerToServer } from '#shared/sockets/notices.ts';
import type { ServerToClient } from '#shared/sockets/server-events.ts';
import type { ShardedChannels } from './sharded-channels.ts';

/** Clients may emit anything: the node parses it. */
export type ClusterServer = Server<DefaultEventsMap, ServerToClient, ServerToServer>;
export type ClusterNamespace = Namespace<DefaultEventsMap, ServerToClient, ServerToServer>;

/**
 * The adapter that joins the Socket.IO servers of a cluster: one channel a room, heard only by servers that have a
 * member, over Redis's sharded pub/sub.
 *
 * @param prefix the setting REDIS_PREFIX, so that clusters can share a Redis
 */
export function clusterAdapter(channels: ShardedChannels, prefix: string): NonNullable<ServerOptions['adapter']> {
  return createShardedAdapter(channels, channels, { channelPrefix: `${prefix}:rooms`, subscriptionMode: 'dynamic' });
}
