import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { RATE_RULES } from '#gateway/limits/rate-classes.ts';
import type { Budgets } from '#gateway/ports.ts';
import { AppError } from '#shared/errors.ts';
import type { UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import {
  openBudgets,
  openFront,
  problemOf,
  someUser,
  type TestBudgets,
  type TestFront,
  tokenFor,
} from './test-front.ts';
import { routes } from './test-routes.ts';

let budgets: TestBudgets;
beforeAll(async () => {
  budgets = await openBudgets();
});
afterAll(async () => {
  await budgets[Symbol.asyncDispose]();
});

const away: Budgets = {
  spend: () => Promise.reject(new AppError('UPSTREAM_UNAVAILABLE')),
  report: () => Promise.reject(new AppError('UPSTREAM_UNAVAILABLE')),
};

async function statuses(front: TestFront, count: number, path: string, token: string): Promise<Map<number, number>> {
  const answers = await Promise.all(Array.from({ length: count }, () => front.call('POST', path, { token })));
  return new Map([...Map.groupBy(answers, ({ status }) => status)].map(([status, group]) => [status, group.length]));
}

describe('over the budget', () => {
  test('of an exact class, every further call is refused, in parallel and on every process', async () => {
    await using one = await openFront({ routes, budgets });
    await using other = await openFront({ routes, budgets });
    const token = tokenFor(someUser());
    const { perUser } = RATE_RULES.lookup;
    const both = await Promise.all([
      statuses(one, perUser, '/api/v1/lookup', token),
      statuses(other, perUser, '/api/v1/lookup', token),
    ]);
    const allowed = both.reduce((sum, counts) => sum + (counts.get(200) ?? 0), 0);
    expect(allowed).toBe(perUser);
    const refused = await one.call('POST', '/api/v1/lookup', { token });
    expect([refused.status, problemOf(refused).code]).toEqual([429, 'RATE_LIMIT_EXCEEDED']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60);
    expect(refused.headers.get('ratelimit')).toMatch(/^"lookup";r=0;t=\d+$/);
  });

  test('of an estimated class, one process alone lets nothing more through', async () => {
    await using front = await openFront({ routes, budgets });
    const token = tokenFor(someUser());
    const { perUser } = RATE_RULES.read;
    for (let call = 0; call < perUser; call++)
      expect((await front.call('GET', '/api/v1/things', { token })).status).toBe(200);
    const refused = await front.call('GET', '/api/v1/things', { token });
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  test('of an estimated class, another process learns of it', async () => {
    await using one = await openFront({ routes, budgets });
    await using other = await openFront({ routes, budgets });
    const token = tokenFor(someUser());
    for (let call = 0; call < RATE_RULES.read.perUser; call++) await one.call('GET', '/api/v1/things', { token });
    await expect.poll(async () => (await other.call('GET', '/api/v1/things', { token })).status).toBe(429);
  });

  test('a user is refused, their neighbour at the same address is not', async () => {
    await using front = await openFront({ routes, budgets });
    const [one, other] = [tokenFor(someUser()), tokenFor(someUser())];
    for (let call = 0; call < RATE_RULES.lookup.perUser; call++)
      await front.call('POST', '/api/v1/lookup', { token: one });
    expect((await front.call('POST', '/api/v1/lookup', { token: one })).status).toBe(429);
    expect((await front.call('POST', '/api/v1/lookup', { token: other })).status).toBe(200);
  });

  test('of a whole country, everyone there is refused, and told that it is the country', async () => {
    await using fresh = await openBudgets();
    await using front = await openFront({ routes, budgets: fresh, byCountry: { 'TH.lookup': 5 } });
    const everyone = () => front.call('POST', '/api/v1/lookup', { token: tokenFor(someUser()) });
    const answers = await Promise.all(Array.from({ length: 8 }, everyone));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(5);
    const refused = await everyone();
    expect([refused.status, problemOf(refused).code]).toEqual([429, 'RATE_LIMIT_EXCEEDED']);
    expect(refused.headers.get('ratelimit-policy')).toBe('"lookup-country";q=5;w=60');
    expect(refused.headers.get('ratelimit')).toMatch(/^"lookup-country";r=0;t=\d+$/);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    const elsewhere = { token: tokenFor(newId<UserId>('SG')) };
    expect((await front.call('POST', '/api/v1/lookup', elsewhere)).status).toBe(200);
  });

  test('public calls are refused by address', async () => {
    await using front = await openFront({ routes, budgets, trustedProxies: ['127.0.0.1'] });
    const from = (ip: string) => front.call('POST', '/api/v1/code', { headers: { 'x-forwarded-for': ip } });
    for (let call = 0; call < RATE_RULES.otp.perAddress; call++) expect((await from('203.0.113.50')).status).toBe(200);
    expect((await from('203.0.113.50')).status).toBe(429);
    expect((await from('203.0.113.51')).status).toBe(200);
  });

  test('an address cannot hide behind the others of its IPv6 network', async () => {
    await using front = await openFront({ routes, budgets, trustedProxies: ['127.0.0.1'] });
    const from = (ip: string) => front.call('POST', '/api/v1/code', { headers: { 'x-forwarded-for': ip } });
    for (let call = 0; call < RATE_RULES.otp.perAddress; call++) await from(`2001:db8:0:1::${call.toString(16)}`);
    expect((await from('2001:db8:0:1:ffff::1')).status).toBe(429);
    expect((await from('2001:db8:0:2::1')).status).toBe(200);
  });
});

describe('while the counters are away', () => {
  let front: TestFront;
  beforeEach(async () => {
    front = await openFront({ routes, budgets: away });
    return () => front[Symbol.asyncDispose]();
  });

  test('money and codes are refused', async () => {
    const pay = await front.call('POST', '/api/v1/pay', { token: tokenFor(someUser()) });
    expect([pay.status, problemOf(pay).code]).toEqual([503, 'UPSTREAM_UNAVAILABLE']);
    expect((await front.call('POST', '/api/v1/code')).status).toBe(503);
  });

  test('everything else goes on', async () => {
    const token = tokenFor(someUser());
    expect((await front.call('GET', '/api/v1/things', { token })).status).toBe(200);
    expect((await front.call('POST', '/api/v1/lookup', { token })).status).toBe(200);
    expect((await front.call('POST', '/api/v1/hook', { body: 'x' })).status).toBe(200);
  });

  test('a process holds the budgets of its own calls', async () => {
    const token = tokenFor(someUser());
    for (let call = 0; call < RATE_RULES.read.perUser; call++) await front.call('GET', '/api/v1/things', { token });
    // A little flows back while the calls run.
    const further = await Promise.all(
      Array.from({ length: 300 }, () => front.call('GET', '/api/v1/things', { token })),
    );
    expect(further.filter(({ status }) => status === 429).length).toBeGreaterThan(150);
  });
});

test('answers tell the policy and what is left, and money counts down', async () => {
  await using front = await openFront({ routes, budgets });
  const token = tokenFor(someUser());
  const first = await front.call('POST', '/api/v1/pay', { token });
  const second = await front.call('POST', '/api/v1/pay', { token });
  expect(first.headers.get('ratelimit-policy')).toBe('"money";q=600;w=60');
  expect(first.headers.get('ratelimit')).toMatch(/^"money";r=599;t=\d+$/);
  expect(second.headers.get('ratelimit')).toMatch(/^"money";r=598;t=\d+$/);
});

test('a refused call carries the headers too', async () => {
  await using front = await openFront({ routes, budgets });
  const answer = await front.call('GET', '/api/v1/things?limit=0', { token: tokenFor(someUser()) });
  expect(answer.status).toBe(400);
  expect(answer.headers.get('ratelimit')).toMatch(/^"read";r=2999;t=\d+$/);
});

test('relaxed limits are a thousand times wider', async () => {
  await using front = await openFront({ routes, budgets, relaxed: true });
  const answer = await front.call('POST', '/api/v1/lookup', { token: tokenFor(someUser()) });
  expect(answer.headers.get('ratelimit-policy')).toBe('"lookup";q=20000;w=60');
});
