import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeRegistry } from '#infrastructure/identity/registry.ts';
import { makeScreening } from '#infrastructure/identity/screening.ts';
import type { AppError } from '#shared/errors.ts';
import type { CaseId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { type OpenSandbox, openSandbox } from '#tests/integration/sandbox/open-sandbox.ts';

let sandbox: OpenSandbox;
beforeAll(async () => {
  sandbox = await openSandbox();
});
afterAll(() => sandbox[Symbol.asyncDispose]());

const question = (number: string) =>
  ({ caseId: newId<CaseId>('TH'), country: 'TH', type: 'national_id', number }) as const;
const who = (name: string) => ({ caseId: newId<CaseId>('TH'), name, dateOfBirth: '1990-05-17' });

/** Whoever is asked at this address, the registry and the lists. */
function sourcesAt(url: string, apiKey = '') {
  const [registry, screening] = [`${url}/registry`, `${url}/screening`].map((baseUrl) => ({ baseUrl, apiKey }));
  const [asked, searched] = [makeRegistry(registry!), makeScreening(screening!)];
  return [
    ['the registry', () => asked.check(question('3100600445635'))],
    ['the lists', () => searched.screen(who('Somchai Jaidee'))],
  ] as const;
}

test.each(['error', 'reset_after_commit'] as const)('a source that answers with %s has said nothing', async (kind) => {
  for (const target of ['registry', 'screening'])
    await sandbox.call('/sandbox/faults', { body: { target, kind, count: 1 } });
  for (const [name, ask] of sourcesAt(sandbox.url)) {
    const error = await ask().catch((thrown: unknown) => thrown);
    expect([name, error]).toEqual([name, expect.objectContaining({ code: 'UPSTREAM_UNAVAILABLE' })]);
    expect((error as AppError).retryable).toBe(true);
    expect((error as AppError).message).not.toMatch(/3100600445635|Somchai/);
  }
  for (const [name, ask] of sourcesAt(sandbox.url)) expect([name, await ask()]).toEqual([name, expect.any(String)]);
});

test('an answer that cannot be read, or is to another question, is none', async () => {
  const answers: readonly [number, string][] = [
    [200, '{}'],
    [200, '<html>'],
    [200, '{"case_id":"1","outcome":"found","hits":[]}'],
    [200, '{"case_id":"1","outcome":"fine"}'],
    [200, '{"case_id":"1","hits":"none"}'],
    [202, '{"case_id":"1","outcome":"found","hits":[]}'],
    [400, '{"case_id":"1","outcome":"found","hits":[]}'],
    [302, ''],
  ];
  const keys: unknown[] = [];
  let [status, text] = answers[0]!;
  const server = createServer((request, response) => {
    keys.push(request.headers.authorization);
    response.writeHead(status, { 'content-type': 'application/json', location: '/elsewhere' }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    for ([status, text] of answers) {
      for (const [name, ask] of sourcesAt(`http://127.0.0.1:${port}`, 'a key')) {
        const error = await ask().catch((thrown: unknown) => thrown);
        expect([name, text, error]).toEqual([name, text, expect.objectContaining({ code: 'UPSTREAM_UNAVAILABLE' })]);
      }
    }
    expect(new Set(keys)).toEqual(new Set(['Bearer a key']));
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});

test('the registry tells numbers apart by how they end, and the lists know one name', async () => {
  const provider = (name: string) => ({ baseUrl: `${sandbox.url}/${name}`, apiKey: '' });
  const [registry, screening] = [makeRegistry(provider('registry')), makeScreening(provider('screening'))];
  const said = ['3100600445635', '1100400000013', '1100400000200'].map((number) => registry.check(question(number)));
  expect(await Promise.all(said)).toEqual(['found', 'unclear', 'refused']);
  const found = ['Somchai Jaidee', 'Mr Sanctioned'].map((name) => screening.screen(who(name)));
  expect(await Promise.all(found)).toEqual(['clear', 'hit']);
  const shop = { caseId: newId<CaseId>('TH'), name: 'SANCTIONED TRADING LTD', dateOfBirth: undefined };
  expect(await screening.screen(shop)).toBe('hit');
});
