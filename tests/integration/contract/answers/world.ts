import { randomInt } from 'node:crypto';
import { expect } from 'vitest';
import type { Answer } from '#tests/integration/gateway/call-at.ts';
import type { SeededUser, SeedOptions } from '#tests/harness/seed.ts';
import type { Ask, Asking } from '../ask.ts';
import { callNamed } from '../calls.ts';

/** A whole cluster, and what its chapters need to use it. */
export type World = Asking & {
  readonly sandboxUrl: string;
  /** People whom nobody else was given. */
  seed(options: SeedOptions): Promise<SeededUser[]>;
};

/** Made at once for those who ask later: each run of the seed command starts a process. */
const BATCH = 12;

/** Gives out people of a kind from those that the seed command made in batches. */
export function inBatches(make: (options: SeedOptions) => Promise<SeededUser[]>): World['seed'] {
  const waiting = new Map<string, SeededUser[]>();
  return async ({ users, ...kind }) => {
    const key = JSON.stringify(kind);
    const pool = waiting.get(key) ?? [];
    waiting.set(key, pool);
    if (pool.length < users) pool.push(...(await make({ ...kind, users: users + BATCH })));
    return pool.splice(0, users);
  };
}

export const PATIENCE = { timeout: 20_000, interval: 50 };
export const PIN = '246810';

export type Body = Readonly<Record<string, unknown>>;

/** Makes a call that must be answered with this status, and gives what it answers. */
export async function done(world: World, name: string, status: number, asked: Ask): Promise<Body> {
  const answer = await world.ask(callNamed(name), asked);
  expect([name, answer.status], answer.text).toEqual([name, status]);
  expectRated(answer);
  return answer.body as Body;
}

/** What carries a budget tells how it stands. */
function expectRated({ headers }: Answer): void {
  expect(headers.get('ratelimit')).toMatch(/^"\w+";r=\d+;t=\d+$/);
  expect(headers.get('ratelimit-policy')).toMatch(/^"\w+";q=\d+;w=\d+$/);
}

/** Holds a body to the fields that the contract names; it may have others. */
export function expectFields(body: unknown, fields: string): void {
  const names = fields.split(/,\s*/);
  expect(Object.keys(body as object)).toEqual(expect.arrayContaining(names));
}

/** A Thai mobile number that nobody has used before, as its owner would write it and in E.164. */
export function freshNumber(): { readonly national: string; readonly e164: string } {
  const subscriber = String(randomInt(100_000_000)).padStart(8, '0');
  return { national: `08${subscriber}`.slice(0, 10), e164: `+668${subscriber}` };
}

/** The step-up token of someone with the usual PIN, as the header that money calls take. */
export async function proofOf(world: World, token: string): Promise<Readonly<Record<string, string>>> {
  const { step_up_token } = await done(world, 'stepUp', 200, { token, body: { pin: PIN } });
  return { 'step-up': String(step_up_token) };
}
