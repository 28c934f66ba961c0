import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultPayloadConverter } from '@temporalio/common';
import { ensureTemporal } from '#infrastructure/local/engines/fetch-temporal.ts';
import { startTemporal } from '#infrastructure/local/engines/temporal.ts';
import { chosenPort } from '#infrastructure/local/processes/free-port.ts';
import { quietStep } from '#infrastructure/local/progress.ts';
import { cacheFolder } from '#infrastructure/local/storage/folders.ts';
import { makePayloadCodec } from '#infrastructure/temporal/payload-codec.ts';
import { statement } from '#shared/sql.ts';
import { openContract, type Contract, type Person } from '../contract/open-contract.ts';

type Wire = { readonly metadata: Record<string, string>; readonly data: string };

let contract: Contract;
let ops: Person;
let uiOrigin: string;
let sealed: Wire[];
beforeAll(async () => {
  contract = await openContract();
  [ops] = (await contract.people(1, { role: 'ops' })) as [Person];
  uiOrigin = new URL(contract.config.TEMPORAL_UI_URL).origin;
  sealed = await sealedBy(contract.config.TEMPORAL_CODEC_KEY, { orderId: 'an order' });
});
afterAll(() => contract[Symbol.asyncDispose]());

async function sealedBy(keys: readonly string[], value: unknown): Promise<Wire[]> {
  const payloads = await makePayloadCodec(keys).encode([defaultPayloadConverter.toPayload(value)]);
  const base64 = (bytes: Uint8Array | null | undefined) => Buffer.from(bytes ?? []).toString('base64');
  return payloads.map(({ metadata, data }) => ({
    metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([name, bytes]) => [name, base64(bytes)])),
    data: base64(data),
  }));
}

async function decode(headers: Readonly<Record<string, string>>, body: unknown = { payloads: sealed }) {
  const response = await fetch(`${contract.url}/codec/decode`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-namespace': 'default', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const answer = (await response.json()) as { payloads?: Wire[]; code?: string };
  const values = answer.payloads?.map(
    ({ data }) => JSON.parse(Buffer.from(data, 'base64').toString('utf8')) as unknown,
  );
  return { status: response.status, code: answer.code, values, headers: response.headers };
}

const bearer = ({ token }: Person) => ({ authorization: `Bearer ${token}` });

test.each([
  ['nobody', async () => ({}), 401],
  ['a user', async () => bearer((await contract.people(1))[0]!), 403],
  ['a merchant', async () => bearer((await contract.people(1, { role: 'merchant' }))[0]!), 403],
  ['an auditor', async () => bearer((await contract.people(1, { role: 'auditor' }))[0]!), 403],
  ['a cookie that is no token', async () => ({ cookie: 'tchat_codec=x' }), 401],
  ['a page of another origin', async () => ({ ...bearer(ops), origin: 'https://evil.example' }), 403],
])('payloads are not read for %s', async (_, headers, status) => {
  const answer = await decode(await headers());
  expect([answer.status, answer.values]).toEqual([status, undefined]);
  expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
});

test('ops read payloads by the command line’s header, and it is written down', async () => {
  const answer = await decode(bearer(ops));
  expect([answer.status, answer.values]).toEqual([200, [{ orderId: 'an order' }]]);
  const audited = statement(
    'test.codec-audit',
    `SELECT data FROM events.outbox WHERE data->>'action' = 'temporal.payloads_read' ORDER BY position DESC LIMIT 1`,
  );
  expect(await contract.databases.of('TH').rows(audited)).toEqual([
    { data: expect.objectContaining({ actor: ops.id, subject: 'default', outcome: 'ok', facts: { payloads: 1 } }) },
  ]);
});

test('what is not encrypted comes back as it was', async () => {
  const json = { metadata: { encoding: Buffer.from('json/plain').toString('base64') }, data: 'ImEi' };
  expect((await decode(bearer(ops), { payloads: [json] })).values).toEqual(['a']);
  expect((await decode(bearer(ops), { payloads: [] })).values).toEqual([]);
});

test.each([
  ['text', 'x'],
  ['something else', { payload: [] }],
  ['no Base64', { payloads: [{ data: 'ü' }] }],
])('a body of %s is refused', async (_, body) => {
  expect(await decode(bearer(ops), body)).toMatchObject({ status: 400, code: 'VALIDATION_ERROR' });
});

test('a payload that was altered, or whose key is gone, is refused', async () => {
  const other = await sealedBy(['cd'.repeat(32)], 'a');
  const altered = sealed.map(({ metadata, data }) => ({ metadata, data: `${data.slice(0, -8)}AAAAAAA=` }));
  for (const payloads of [other, altered]) {
    expect(await decode(bearer(ops), { payloads })).toMatchObject({ status: 400, code: 'VALIDATION_ERROR' });
  }
});

describe('a browser', () => {
  async function open(token: string) {
    return await fetch(`${contract.url}/codec/session`, {
      method: 'POST',
      body: new URLSearchParams({ token }),
      redirect: 'manual',
    });
  }

  test('is given a page that takes a token', async () => {
    const response = await fetch(`${contract.url}/codec`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(await response.text()).toContain('action="/codec/session"');
  });

  test('is given no cookie for a token that is not of ops', async () => {
    const [user] = (await contract.people(1)) as [Person];
    for (const token of [user.token, 'x', '']) {
      const response = await open(token);
      expect([[401, 403].includes(response.status), response.headers.get('set-cookie')]).toEqual([true, null]);
    }
  });

  test('reads payloads in the UI with the cookie that it was given, until the session ends', async () => {
    const [someone] = (await contract.people(1, { role: 'ops' })) as [Person];
    const response = await open(someone.token);
    expect([response.status, response.headers.get('location')]).toEqual([303, contract.config.TEMPORAL_UI_URL]);
    const cookie = response.headers.get('set-cookie')!;
    expect(cookie).toMatch(/; Path=\/codec; Max-Age=3\d{3}; HttpOnly; SameSite=Strict/);
    const headers = { cookie: cookie.split(';', 1)[0]!, origin: uiOrigin };
    const preflight = await fetch(`${contract.url}/codec/decode`, {
      method: 'OPTIONS',
      headers: { origin: uiOrigin, 'access-control-request-method': 'POST' },
    });
    expect(preflight.headers.get('access-control-allow-headers')).toContain('X-Namespace');
    const answer = await decode(headers);
    expect([answer.status, answer.values]).toEqual([200, [{ orderId: 'an order' }]]);
    expect(answer.headers.get('access-control-allow-origin')).toBe(uiOrigin);
    expect(answer.headers.get('access-control-allow-credentials')).toBe('true');
    await contract.call('POST', '/api/v1/auth/logout', { token: someone.token });
    expect((await decode(headers)).status).toBe(401);
  });
});

test('the embedded Temporal’s UI is told where payloads are read', async () => {
  const codecUrl = 'http://127.0.0.1:4000/codec';
  const dataDir = await mkdtemp(join(tmpdir(), 'tchat-codec-ui-'));
  const command = await ensureTemporal(cacheFolder(process.env), quietStep());
  const [port, uiPort] = [await chosenPort(0), await chosenPort(0)];
  const options = { dataDir, port, uiPort, durable: false, searchAttributes: [], namespace: 'default', codecUrl };
  const server = await startTemporal(command, options, quietStep());
  try {
    const settings = (await (await fetch(`http://127.0.0.1:${uiPort}/api/v1/settings`)).json()) as object;
    expect(settings).toMatchObject({ Codec: { Endpoint: codecUrl } });
  } finally {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
});
