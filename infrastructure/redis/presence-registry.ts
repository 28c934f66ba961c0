import { readFileSync } from 'node:fs';
import type { Redis, Result } from 'ioredis';
import type { PresenceRegistry } from '#realtime/ports.ts';
import type { UserId } from '#shared/ids.ts';
import { SECOND } from '#shared/time.ts';

/** For how long a node's word is good: three of its renewals. With the sweeps of others it leaves room under 45 s. */
const WORD_GOOD_FOR_MS = 24 * SECOND;
/** Keys of one script call, some 1 ms: the server runs nothing else meanwhile. */
const KEYS_PER_CALL_MAX = 500;

declare module 'ioredis' {
  interface RedisCommander<Context> {
    tellPresence(keyCount: number, ...keysAndArguments: (string | number)[]): Result<number[], Context>;
  }
}

/**
 * Who is online, kept in Redis by nodes that say so again and again, so that a node which dies is forgotten by itself.
 * Nothing that matters is here: what Redis loses, the next renewal says again.
 *
 * @param redis from `openRedis`: fails at once while it is not connected
 * @param node unlike that of any other node
 */
export function makePresenceRegistry(redis: Redis, prefix: string, node: string): PresenceRegistry {
  redis.defineCommand('tellPresence', { lua: readFileSync(new URL('./presence.lua', import.meta.url), 'utf8') });
  // The braces keep all users in one slot of a cluster, without which a script may not touch several.
  const keyOf = (userId: UserId): string => `${prefix}:{presence}:${userId}`;

  async function tell(mode: 'renew' | 'leave' | 'read', userIds: readonly UserId[]): Promise<number[]> {
    const answers: number[] = [];
    for (let from = 0; from < userIds.length; from += KEYS_PER_CALL_MAX) {
      const keys = userIds.slice(from, from + KEYS_PER_CALL_MAX).map(keyOf);
      answers.push(...(await redis.tellPresence(keys.length, ...keys, mode, node, WORD_GOOD_FOR_MS)));
    }
    return answers;
  }

  const counted = async (mode: 'renew' | 'leave' | 'read', userIds: readonly UserId[]): Promise<boolean[]> =>
    (await tell(mode, userIds)).map((nodes) => nodes > 0);

  return {
    renew: (userIds) => counted('renew', userIds),
    leave: (userIds) => counted('leave', userIds),
    areOnline: (userIds) => counted('read', userIds),
  };
}
