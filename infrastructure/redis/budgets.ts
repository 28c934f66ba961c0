import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Redis, Result } from 'ioredis';
import { AppError } from '#shared/errors.ts';
import { SECOND } from '#shared/time.ts';
import type { Budgets, Spend, Standing } from '#gateway/ports.ts';

/** Beyond this the counters count as away; a call must not hang for a limit. */
const ANSWER_WITHIN_MS = 250;
/** Budgets per script call: the server runs nothing else meanwhile. */
const REPORT_KEYS_MAX = 50;

declare module 'ioredis' {
  interface RedisCommander<Context> {
    drawBudgets(keyCount: number, ...keysAndArguments: (string | number)[]): Result<number[], Context>;
  }
}

type BudgetsOptions = {
  /** From `openRedis`: fails at once while it is not connected. */
  readonly redis: Redis;
  readonly prefix: string;
  /** Keys the digests of what is counted, so that Redis holds no phone numbers and no addresses, not even guessable ones. */
  readonly digestKey: string;
};

/** Sliding-window budgets in Redis: one atomic script, one round trip. See `budget.lua` for how they count. */
export function makeBudgets({ redis, prefix, digestKey }: BudgetsOptions): Budgets {
  redis.defineCommand('drawBudgets', { lua: readFileSync(new URL('./budget.lua', import.meta.url), 'utf8') });

  function keyOf({ bucket, key }: Spend): string {
    const digest = createHmac('sha256', digestKey).update(key).digest('base64url').slice(0, 22);
    // The braces keep all budgets in one slot of a cluster, without which a script may not touch several.
    return `${prefix}:{budget}:${bucket}:${digest}`;
  }

  async function draw(mode: 'spend' | 'report', spends: readonly (Spend & { count: number })[]): Promise<number[]> {
    const values = spends.flatMap(({ limit, windowMs, count }) => [limit, windowMs, count]);
    return await answered(redis.drawBudgets(spends.length, ...spends.map(keyOf), mode, ...values));
  }

  return {
    async spend(spends) {
      const [allowed, ...numbers] = await draw(
        'spend',
        spends.map((spend) => ({ ...spend, count: 1 })),
      );
      const standings = standingsOf(numbers);
      if (allowed === 1) return { allowed: true, standings };
      const waitMs = Math.max(...standings.map(({ resetMs }) => resetMs));
      return { allowed: false, retryAfterS: Math.max(1, Math.ceil(waitMs / SECOND)) };
    },
    async report(drawn) {
      const parts: (typeof drawn)[] = [];
      for (let at = 0; at < drawn.length; at += REPORT_KEYS_MAX) parts.push(drawn.slice(at, at + REPORT_KEYS_MAX));
      const answers = await Promise.all(parts.map((part) => draw('report', part)));
      return answers.flatMap(([, ...numbers]) => standingsOf(numbers));
    },
  };
}

function standingsOf(numbers: readonly number[]): Standing[] {
  return Array.from({ length: numbers.length / 2 }, (_, place) => ({
    remaining: numbers[place * 2]!,
    resetMs: numbers[place * 2 + 1]!,
  }));
}

async function answered(answer: Promise<number[]>): Promise<number[]> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${ANSWER_WITHIN_MS} ms`)), ANSWER_WITHIN_MS);
  try {
    return await Promise.race([answer, late]);
  } catch (cause) {
    throw new AppError('UPSTREAM_UNAVAILABLE', { message: 'The counters cannot be reached', retryAfterS: 1, cause });
  } finally {
    clearTimeout(timer);
  }
}
