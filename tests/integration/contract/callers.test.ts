import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROLES, type Role } from '#shared/caller.ts';
import type { Call } from '#shared/http/call.ts';
import { grants, scopeNeeded, scopesOf } from '#shared/scopes.ts';
import { addressOf, contractCalls } from './calls.ts';
import { openContract, type Contract, type Person } from './open-contract.ts';
import { expectRefused } from './refused.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

let contract: Contract;
let me: Person;
beforeAll(async () => {
  contract = await openContract();
  [me] = (await contract.people(1)) as [Person];
});
afterAll(() => contract[Symbol.asyncDispose]());

const guarded = contractCalls.filter(({ access }) => access !== 'public' && access !== 'optional');
const open = contractCalls.filter(({ access }) => access === 'public');
/** Those that look at a token when there is one. */
const looking = contractCalls.filter(({ access }) => access !== 'public');

test.each(guarded)('$name is refused without a token, whatever else is sent', async (call) => {
  expectRefused(await contract.ask(call), 'UNAUTHORIZED', 'nothing');
  expectRefused(await contract.call(call.method, addressOf(call)), 'UNAUTHORIZED', 'not even a key');
  for (const authorization of ['', 'Bearer', 'Bearer ', `Basic ${me.token}`, me.token, `Bearer ${me.token} x`]) {
    expectRefused(await contract.ask(call, { headers: { authorization } }), 'UNAUTHORIZED', authorization);
  }
  if (call.method === 'GET') return;
  expectRefused(await contract.ask(call, { body: '{"broken":' }), 'UNAUTHORIZED', 'a broken body');
});

test.each(looking)('$name is refused with a token that is not good', async (call) => {
  for (const [what, token] of Object.entries(await contract.badTokens(me))) {
    expectRefused(await contract.ask(call, { token }), 'UNAUTHORIZED', what);
  }
});

test.each(looking)('$name is refused once the session has ended', async (call) => {
  const [gone] = (await contract.people(1)) as [Person];
  const logOut = contractCalls.find(({ name }) => name === 'logOut')!;
  expect(await contract.ask(logOut, { token: gone.token })).toMatchObject({ status: 200 });
  expectRefused(await contract.ask(call, { token: gone.token }), 'UNAUTHORIZED', 'an ended session');
});

test.each(open)('$name needs no token, and minds none that is not good', async (call) => {
  const [without, garbage] = [await contract.ask(call), await contract.ask(call, { token: 'garbage' })];
  expect(garbage.status).toBe(without.status);
});

function admits(call: Call, role: Role): boolean {
  const isTheirs = typeof call.access === 'string' || call.access.includes(role);
  return isTheirs && grants(scopesOf(role), scopeNeeded(call));
}

test.each(ROLES)('calls admit a %s to what is for one, and to nothing else', async (role) => {
  // A person for each call, since one of them logs out.
  const people = await contract.people(guarded.length, { role });
  for (const [place, call] of guarded.entries()) {
    const { token } = people[place]!;
    const answer = await contract.ask(call, { token });
    if (!admits(call, role)) expectRefused(answer, 'FORBIDDEN', call.name);
    // Whoever may make a call may still owe the proof that it takes.
    else if (answer.status === 403) expectRefused(answer, 'STEP_UP_REQUIRED', call.name);
    else expect([call.name, answer.status]).not.toEqual([call.name, 401]);
  }
});

test.each(['ops', 'auditor'] as const)('no call does anything for %s who owe their second factor', async (role) => {
  const token = await contract.tokenOwing(me.id, role);
  const others = guarded.filter(({ scope }) => scope !== 'second-factor' && scope !== 'any');
  for (const call of others) {
    const isTheirs = typeof call.access === 'string' || call.access.includes(role);
    const answer = await contract.ask(call, { token });
    expectRefused(answer, isTheirs ? 'SECOND_FACTOR_REQUIRED' : 'FORBIDDEN', call.name);
  }
});

const byPath = [...Map.groupBy(contractCalls, ({ path }) => path).values()];

test.each(byPath.map((calls) => ({ path: calls[0]!.path, calls })))(
  '$path refuses methods that it does not take, and names those that it does',
  async ({ calls }) => {
    const taken = calls.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
    const others = METHODS.filter((method) => !taken.includes(method));
    expect(others.length).toBeGreaterThan(0);
    for (const method of others) {
      for (const token of [undefined, me.token]) {
        const answer = await contract.call(method, addressOf(calls[0]!), token === undefined ? {} : { token });
        expectRefused(answer, 'METHOD_NOT_ALLOWED', method);
        expect(answer.headers.get('allow')?.split(', ').toSorted()).toEqual([...taken, 'OPTIONS'].toSorted());
      }
    }
  },
);

test('an address that no call has is absent, with a token and without', async () => {
  for (const { path } of contractCalls) {
    for (const wrong of [`${path}/`, `${path}/and/far/beyond`, path.toUpperCase(), `/${path}`]) {
      const address = `/api/v1${wrong}`.replaceAll(/\{\w+\}/g, 'x');
      expectRefused(await contract.call('GET', address, { token: me.token }), 'NOT_FOUND', address);
    }
  }
});
