import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { RevocationFeed } from '#services/auth/ports.ts';
import { SessionId } from '#shared/ids.ts';
import type { Log } from '#shared/log.ts';
import { keepSubscribed } from './keep-subscribed.ts';

const Message = z.array(SessionId);

/**
 * The feed of ended sessions on one Redis channel.
 *
 * @param connections two of them, since a connection that is subscribed publishes nothing
 * @param prefix the setting REDIS_PREFIX
 */
export function makeRevocationFeed({
  publisher,
  subscriber,
  prefix,
  log,
}: {
  readonly publisher: Redis;
  readonly subscriber: Redis;
  readonly prefix: string;
  readonly log: Log;
}): RevocationFeed {
  const channel = `${prefix}:revocations`;
  return {
    publish: async (sessionIds) => {
      await publisher.publish(channel, JSON.stringify(sessionIds));
    },
    subscribe: (onRevoked, onStanding) => {
      const onMessage = (text: string): void => {
        const message = Message.safeParse(jsonOf(text));
        if (message.success) onRevoked(message.data);
        else log.warn({ channel }, 'a message on the feed of ended sessions could not be read');
      };
      return keepSubscribed(subscriber, { channel, onMessage, onStanding, log });
    },
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
