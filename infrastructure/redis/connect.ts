import { Redis } from 'ioredis';
import type { Log } from '#shared/log.ts';
import { SECOND } from '#shared/time.ts';

/** A connection that closes itself at the end of `await using`. */
export type RedisConnection = Redis & AsyncDisposable;

export type RedisOptions = {
  readonly url: string;
  /** Shown by `CLIENT LIST` and in the log: `tchat-realtime-publish`. */
  readonly name: string;
  readonly log: Log;
  /** An answer that takes longer is a failure. `'none'` for a path that waits for no answers. */
  readonly commandTimeoutMs?: number | 'none';
};

const COMMAND_TIMEOUT_MS = 2 * SECOND;
const CONNECT_TIMEOUT_MS = 5 * SECOND;
const KEEP_ALIVE_MS = 10 * SECOND;
/** From a command until any byte comes back; a peer that went away without a word is given up after this. */
const SILENCE_MAX_MS = 10 * SECOND;
/** How long a start waits for the first connection before it goes on without Redis. */
const FIRST_READY_WITHIN_MS = 5 * SECOND;
const RECONNECT_FIRST_MS = 50;
const RECONNECT_MAX_MS = 2 * SECOND;

/**
 * Opens a connection that fails fast and never repeats a command.
 *
 * Redis holds limits, presence and fan-out, never the only copy of anything, so every caller has something sensible to
 * do when a command fails, and none may hang for it:
 * - Nothing is queued while the connection is away: a command fails at once. Zero is the bound of that queue.
 * - A command whose answer was lost is not sent again, since it may have happened. ioredis leaves such commands pending
 *   for ever unless `maxRetriesPerRequest` is 0, which makes it fail them when the connection falls.
 * - Subscriptions are not renewed by ioredis (it drops the promise of the renewal, and an unhandled rejection ends the
 *   process): use {@link import('./keep-subscribed.ts').keepSubscribed}.
 *
 * Returns once connected, or after five seconds without Redis: the connection goes on being tried, with a growing,
 * jittered wait of at most two seconds.
 */
export async function openRedis({
  url,
  name,
  log,
  commandTimeoutMs = COMMAND_TIMEOUT_MS,
}: RedisOptions): Promise<RedisConnection> {
  const redis = new Redis(url, {
    connectionName: name,
    connectTimeout: CONNECT_TIMEOUT_MS,
    keepAlive: KEEP_ALIVE_MS,
    socketTimeout: SILENCE_MAX_MS,
    commandTimeout: commandTimeoutMs === 'none' ? undefined : commandTimeoutMs,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    autoResubscribe: false,
    retryStrategy: reconnectAfterMs,
  });
  reportState(redis, name, log);
  await firstReady(redis);
  return Object.assign(redis, { [Symbol.asyncDispose]: () => close(redis) });
}

/** Doubles from 50 ms to 2 s; half of it is jitter, so that the processes of a cluster do not come back as one. */
function reconnectAfterMs(attempt: number): number {
  const most = Math.min(RECONNECT_FIRST_MS * 2 ** Math.min(attempt - 1, 10), RECONNECT_MAX_MS);
  return most / 2 + Math.random() * (most / 2);
}

/** One line when Redis goes and one when it is back, however many attempts lie between. */
function reportState(redis: Redis, name: string, log: Log): void {
  let away = false;
  redis.on('error', (error: Error) => {
    if (away) return;
    away = true;
    log.warn({ connection: name, reason: error.message }, 'Redis cannot be reached; trying again');
  });
  redis.on('close', () => {
    away = true;
  });
  redis.on('ready', () => {
    if (away) log.info({ connection: name }, 'Redis is back');
    away = false;
  });
}

function firstReady(redis: Redis): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, FIRST_READY_WITHIN_MS);
  redis.once('ready', resolve);
  return promise.finally(() => {
    clearTimeout(timer);
    redis.off('ready', resolve);
  });
}

async function close(redis: Redis): Promise<void> {
  const ended = redis.status === 'end' ? undefined : new Promise((resolve) => redis.once('end', resolve));
  try {
    await redis.quit();
  } catch {
    // Not connected: there is nothing to say goodbye to.
    redis.disconnect();
    // Between two attempts there is no connection either whose end would be told.
    if (redis.status === 'reconnecting') return;
  }
  await ended;
}
