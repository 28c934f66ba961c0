import { Server } from 'socket.io';
import { openRedis } from '#infrastructure/redis/connect.ts';
import type { Log } from '#shared/log.ts';
import { type ClusterAnnouncer, makeAnnouncer } from './announcer.ts';
import { type ClusterServer, clusterAdapter } from './cluster.ts';
import { makeNotices } from './notices.ts';
import { type ChannelsState, ShardedChannels } from './sharded-channels.ts';

export type AnnouncerOptions = {
  /** The setting REDIS_URL. */
  readonly redisUrl: string;
  /** The setting REDIS_PREFIX. */
  readonly prefix: string;
  /** Of the process, for Redis's client list: `gateway`. */
  readonly name: string;
  readonly log: Log;
};

export type OpenAnnouncer = ClusterAnnouncer & AsyncDisposable & { readonly state: ChannelsState };

/** Opens the two Redis connections of a member of the cluster. */
export async function openChannels({ redisUrl, name, log }: AnnouncerOptions): Promise<ShardedChannels> {
  const [publisher, subscriber] = await Promise.all([
    openRedis({ url: redisUrl, name: `${name}-publish`, log, commandTimeoutMs: 'none' }),
    openRedis({ url: redisUrl, name: `${name}-subscribe`, log }),
  ]);
  return new ShardedChannels({ publisher, subscriber, log });
}

/**
 * An announcer for processes without sockets, HTTP services and workers: a Socket.IO server that listens to nothing and
 * is a member of the cluster.
 */
export async function openAnnouncer(options: AnnouncerOptions): Promise<OpenAnnouncer> {
  const channels = await openChannels(options);
  const io: ClusterServer = new Server({ adapter: clusterAdapter(channels, options.prefix) });
  const namespace = io.of('/');
  return {
    ...makeAnnouncer(namespace, makeNotices(namespace)),
    get state() {
      return channels.state;
    },
    [Symbol.asyncDispose]: async () => {
      await namespace.adapter.close();
      await channels[Symbol.asyncDispose]();
    },
  };
}
