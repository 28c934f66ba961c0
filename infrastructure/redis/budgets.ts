import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Redis, Result } from 'ioredis';
import { AppError } from '#shared/errors.ts';
import { SECOND } from '#shared/time.ts';
import type { Budgets, Spend, Standing } from '#gateway/ports.ts';

/** Beyond this the counters count as away; a call must not hang for a limit. */
const ANSWER_WITHIN_MS = 250;
/** Budgets per script call: the server runs nothing else meanwhile. */
const SCRIPT_KEYS_MAX = 50;
/** Characters of a digest that are kept: 132 bits. */
const DIGEST_LENGTH = 22;

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

type Draw = Spend & { readonly count: number };

/** All of the budgets, or none. */
type Group = readonly Draw[];

type Drawn = { readonly allowed: boolean; readonly standings: readonly Standing[] };

type Waiting = {
  readonly group: Group;
  readonly resolve: (drawn: Drawn) => void;
  readonly reject: (error: unknown) => void;
};

/**
 * Sliding-window budgets in Redis: one atomic script, one round trip, however many callers draw in the same turn of the
 * event loop. See `budget.lua` for how they count.
 */
export function makeBudgets({ redis, prefix, digestKey }: BudgetsOptions): Budgets {
  redis.defineCommand('drawBudgets', { lua: readFileSync(new URL('./budget.lua', import.meta.url), 'utf8') });
  let waiting: Waiting[] = [];

  function keyOf({ bucket, key }: Spend): string {
    const digest = hash('sha256', `${digestKey}\0${key}`, 'base64url').slice(0, DIGEST_LENGTH);
    // The braces keep all budgets in one slot of a cluster, without which a script may not touch several.
    return `${prefix}:{budget}:${bucket}:${digest}`;
  }

  async function draw(mode: 'spend' | 'report', groups: readonly Group[]): Promise<Drawn[]> {
    const all = groups.flat();
    const values = groups.flatMap((group) => [
      group.length,
      ...group.flatMap((one) => [one.limit, one.windowMs, one.count]),
    ]);
    const numbers = await answered(redis.drawBudgets(all.length, ...all.map(keyOf), mode, ...values));
    let at = 0;
    return groups.map((group) => {
      const allowed = numbers[at] === 1;
      const standings = group.map((_, place) => ({
        remaining: numbers[at + 1 + place * 2]!,
        resetMs: numbers[at + 2 + place * 2]!,
      }));
      at += 1 + group.length * 2;
      return { allowed, standings };
    });
  }

  async function drawWaiting(): Promise<void> {
    const all = waiting;
    waiting = [];
    await Promise.all(
      parts(all).map(async (part) => {
        try {
          const drawn = await draw(
            'spend',
            part.map(({ group }) => group),
          );
          for (const [place, { resolve }] of part.entries()) resolve(drawn[place]!);
        } catch (error) {
          for (const { reject } of part) reject(error);
        }
      }),
    );
  }

  return {
    async spend(spends) {
      const { promise, resolve, reject } = Promise.withResolvers<Drawn>();
      if (waiting.length === 0) setImmediate(() => void drawWaiting());
      waiting.push({ group: spends.map((spend) => ({ ...spend, count: spend.count ?? 1 })), resolve, reject });
      const { allowed, standings } = await promise;
      if (allowed) return { allowed, standings };
      const waitMs = Math.max(...standings.map(({ resetMs }) => resetMs));
      return { allowed, retryAfterS: Math.max(1, Math.ceil(waitMs / SECOND)), standings };
    },
    async report(drawn) {
      const groups = drawn.map((one) => [one]);
      const size = SCRIPT_KEYS_MAX;
      const calls = Array.from({ length: Math.ceil(groups.length / size) }, (_, at) =>
        draw('report', groups.slice(at * size, (at + 1) * size)),
      );
      return (await Promise.all(calls)).flat().flatMap(({ standings }) => standings);
    },
  };
}

/** Callers in their order, so that no part has many more keys than a script should. */
function parts(all: readonly Waiting[]): Waiting[][] {
  const found: Waiting[][] = [];
  let keys = SCRIPT_KEYS_MAX;
  for (const one of all) {
    if (keys + one.group.length > SCRIPT_KEYS_MAX) {
      found.push([]);
      keys = 0;
    }
    found.at(-1)!.push(one);
    keys += one.group.length;
  }
  return found;
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
