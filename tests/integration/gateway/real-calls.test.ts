import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CALLS } from '#services/wire.main.ts';
import type { Call } from '#shared/http/call.ts';
import { engines } from '#tests/harness/engines.ts';
import { openProxy } from './freezing-proxy.ts';
import { openRealGateway, type RealGateway } from './real-gateway.ts';
import { problemOf } from './test-front.ts';

const SOME_ID = '01890a5d-ac96-774b-bcce-b302099a8057';
const all: readonly Call[] = Object.values(CALLS).flat();

/** An address of the call with something in the place of each parameter. */
function addressOf({ path }: Call): string {
  return `/api/v1${path.replaceAll(/\{\w+\}/g, SOME_ID)}`;
}

let gateway: RealGateway;
beforeAll(async () => {
  gateway = await openRealGateway({ settings: { RATE_LIMITS: 'relaxed' } });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
});

describe('every call of the contract', () => {
  test.each(all.filter(({ access }) => access !== 'public'))('$name is refused without a token', async (call) => {
    const answer = await gateway.call(call.method, addressOf(call), call.method === 'GET' ? {} : { body: {} });
    expect([answer.status, problemOf(answer).code]).toEqual([401, 'UNAUTHORIZED']);
  });

  test.each(all.filter(({ body }) => body !== undefined))(
    '$name refuses fields that it does not know',
    async (call) => {
      const { access_token: token } = await gateway.account(typeof call.access === 'string' ? 'user' : call.access[0]);
      const headers = call.idempotency === undefined ? {} : { 'idempotency-key': 'k' };
      const answer = await gateway.call(call.method, addressOf(call), { token, headers, body: { surprising: 1 } });
      expect([answer.status, problemOf(answer).code]).toEqual([400, 'VALIDATION_ERROR']);
    },
  );

  test.each(all.filter(({ idempotency }) => idempotency === 'required'))(
    '$name wants an Idempotency-Key',
    async (call) => {
      const { access_token: token } = await gateway.account();
      const answer = await gateway.call(call.method, addressOf(call), { token, body: {} });
      expect(problemOf(answer).code).toBe('IDEMPOTENCY_KEY_MISSING');
    },
  );

  test('has an address and a name of its own', () => {
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    expect(new Set(all.map(({ method, path }) => `${method} ${path}`)).size).toBe(all.length);
  });
});

test('a forged token is refused', async () => {
  const { access_token: token } = await gateway.account();
  const [header, , signature] = token.split('.');
  const claims = Buffer.from(JSON.stringify({ sub: SOME_ID, role: 'ops' })).toString('base64url');
  expect(
    (await gateway.call('GET', '/api/v1/users/profile', { token: `${header}.${claims}.${signature}` })).status,
  ).toBe(401);
});

test('someone who logs out is out at once', async () => {
  const { access_token: token } = await gateway.account();
  expect((await gateway.call('GET', '/api/v1/users/profile', { token })).status).toBe(200);
  expect((await gateway.call('POST', '/api/v1/auth/logout', { token })).status).toBe(200);
  const answer = await gateway.call('GET', '/api/v1/users/profile', { token });
  expect([answer.status, problemOf(answer).code]).toEqual([401, 'UNAUTHORIZED']);
});

test('a wallet is opened once for one key, the replay is the same to the byte, and another body is refused', async () => {
  const { access_token: token } = await gateway.account();
  const open = (currency: string) =>
    gateway.call('POST', '/api/v1/payments/wallets', {
      token,
      body: { currency },
      headers: { 'idempotency-key': 'w-1' },
    });
  const [first, again] = [await open('THB'), await open('THB')];
  expect([first.status, again.status]).toEqual([201, 201]);
  expect(again.text).toBe(first.text);
  expect(problemOf(await open('SGD'))).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED', status: 422 });
});

test('ready names what it needs and what it would like', async () => {
  const answer = await gateway.call('GET', '/health/ready');
  expect(answer.body).toEqual({ ready: true, checks: { postgres: 'ok', redis: 'ok' } });
});

test('the landing page links to the sandbox and to Temporal', async () => {
  const { text } = await gateway.call('GET', '/');
  expect(text).toContain(`href="${engines.temporalUi}"`);
  expect(text).toContain('href="http://127.0.0.1:4010/"');
});

test('keys are published for others to check tokens with, and nothing private among them', async () => {
  const { body } = await gateway.call('GET', '/.well-known/jwks.json');
  const { keys } = body as { keys: Record<string, unknown>[] };
  expect(keys).toEqual([expect.objectContaining({ kty: 'OKP', crv: 'Ed25519', use: 'sig' })]);
  expect(keys[0]).not.toHaveProperty('d');
});

test('while Postgres is away calls are a fast 503 and the gateway is alive and not ready', async () => {
  const proxy = await openProxy(engines.postgres);
  const through = (url: string) => Object.assign(new URL(url), { port: new URL(proxy.url).port }).href;
  await using cut = await openRealGateway({ databaseUrl: through });
  const { access_token: token } = await cut.account();
  expect((await cut.call('GET', '/api/v1/payments/wallets', { token })).status).toBe(200);
  await proxy[Symbol.asyncDispose]();
  const answer = await cut.call('GET', '/api/v1/payments/wallets', { token });
  expect([answer.status, problemOf(answer).code]).toEqual([503, 'UPSTREAM_UNAVAILABLE']);
  await expect.poll(async () => (await cut.call('GET', '/health/ready')).status).toBe(503);
  expect((await cut.call('GET', '/health/live')).status).toBe(200);
});

test('services in a process of their own answer through the gateway as if they were in it', async () => {
  await using split = await openRealGateway({ elsewhere: ['payments', 'commerce'] });
  const { access_token: token } = await split.account();
  const body = { currency: 'THB' };
  const refused = await split.call('POST', '/api/v1/payments/wallets', { token, body: { currency: 'XXX' } });
  expect(problemOf(refused)).toMatchObject({
    code: 'VALIDATION_ERROR',
    request_id: refused.headers.get('x-request-id'),
  });
  expect((await split.call('POST', '/api/v1/payments/wallets', { token, body })).status).toBe(201);
  const wallets = await split.call('GET', '/api/v1/payments/wallets', { token });
  expect(wallets.body).toMatchObject({ wallets: [{ currency: 'THB' }] });
  expect(wallets.headers.get('ratelimit')).toMatch(/^"read";r=/);
  expect((await split.call('GET', '/api/v1/users/profile', { token })).status).toBe(200);
});

test('a service that runs nowhere answers 503 and the others go on', async () => {
  await using partial = await openRealGateway({ settings: { SERVICES: 'auth' } });
  const { access_token: token } = await partial.account();
  const answer = await partial.call('GET', '/api/v1/payments/wallets', { token });
  expect([answer.status, problemOf(answer).code]).toEqual([503, 'UPSTREAM_UNAVAILABLE']);
  expect((await partial.call('GET', '/api/v1/users/profile', { token })).status).toBe(200);
});
