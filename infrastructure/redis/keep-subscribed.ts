import type { Redis } from 'ioredis';
import type { Log } from '#shared/log.ts';

export type Subscription = {
  readonly channel: string;
  readonly onMessage: (message: string) => void;
  /**
   * Called each time the subscription stands, the first time included: what was published before is lost, so this is
   * the moment to read the truth again.
   */
  readonly onStanding: () => void;
  readonly log: Log;
};

/**
 * Keeps one channel subscribed across reconnects of a connection from `openRedis`, which may serve other commands too.
 * Returns the function that ends it.
 */
export function keepSubscribed(redis: Redis, { channel, onMessage, onStanding, log }: Subscription): () => void {
  const subscribe = (): void => {
    redis.subscribe(channel).then(onStanding, (error: Error) => {
      log.warn({ channel, reason: error.message }, 'a subscription failed');
      // A connection that is up and yet refuses is broken; a new one subscribes again.
      if (redis.status === 'ready') redis.disconnect(true);
    });
  };
  const deliver = (from: string, message: string): void => {
    if (from === channel) onMessage(message);
  };
  redis.on('ready', subscribe);
  redis.on('message', deliver);
  if (redis.status === 'ready') subscribe();
  return () => {
    redis.off('ready', subscribe);
    redis.off('message', deliver);
    redis.unsubscribe(channel).catch(() => undefined); // Not connected: not subscribed either.
  };
}
