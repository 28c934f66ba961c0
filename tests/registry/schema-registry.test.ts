import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { register as metrics } from 'prom-client';
import { z } from 'zod';
import { type ContractSet, presentSet } from '#infrastructure/event-contracts/contract-set.ts';
import { narrowings } from '#infrastructure/event-contracts/narrowings.ts';
import { keepRegistered } from '#infrastructure/registry/keep-registered.ts';
import { openSchemaRegistry } from '#infrastructure/registry/schema-registry.ts';
import { jsonSchemaOf } from '#shared/events/schemas.ts';
import type { Log } from '#shared/log.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import { registerEventSchemas } from '#workers/event-schemas.main.ts';
import { openThrowawayRegistry, type ThrowawayRegistry } from '#tests/harness/throwaway-registry.ts';

const SOON_MS = 30_000;
const text = z.string();
const object = z.object;

let server: ThrowawayRegistry;
beforeAll(async () => {
  server = await openThrowawayRegistry();
});
afterAll(() => server[Symbol.asyncDispose]());

async function countIn(state: string): Promise<number | undefined> {
  const values = (await metrics.getSingleMetric('tchat_event_schemas')?.get())?.values;
  return values?.find(({ labels }) => labels['state'] === state)?.value;
}

function contractsOf(type: string, data: z.ZodType): ContractSet {
  return { [type]: { 1: { key: 'id', schema: jsonSchemaOf(data) } } };
}

/** Registers once and stops; whatever was told as an error. */
async function registerOnce(contracts: ContractSet): Promise<unknown[]> {
  const errors: unknown[] = [];
  const log: Log = { ...quietLog, error: (facts) => void errors.push(facts) };
  const loop = keepRegistered({ registry: openSchemaRegistry(server.url), contracts, prefix: 'tchat', log });
  await vi.waitFor(async () => expect(await countIn('waiting')).toBe(0), { timeout: SOON_MS });
  await loop.stop();
  return errors;
}

test('while the registry is away its schemas wait; once it is there, and after it forgot them, it has them all', async () => {
  const contracts = presentSet();
  const registry = openSchemaRegistry(server.url);
  const wanted = Object.entries(contracts).flatMap(([type, versions]) =>
    Object.keys(versions).map((version) => `tchat.${type}.v${version}`),
  );
  const warnings: unknown[] = [];
  const log: Log = { ...quietLog, warn: (facts) => void warnings.push(facts) };
  const loop = keepRegistered({ registry, contracts, prefix: 'tchat', log, lookEveryMs: 200 });
  try {
    await vi.waitFor(() => expect(warnings.length).toBeGreaterThan(1), { timeout: SOON_MS });
    expect(await countIn('waiting')).toBe(wanted.length);
    await server.start();
    await vi.waitFor(async () => expect(await countIn('registered')).toBe(wanted.length), { timeout: SOON_MS });
    expect([...(await registry.subjects())].toSorted()).toEqual(wanted.toSorted());
    await server.stop();
    await server.start();
    await vi.waitFor(async () => expect((await registry.subjects()).size).toBe(wanted.length), { timeout: SOON_MS });
  } finally {
    await loop.stop();
  }
  expect(await countIn('refused')).toBe(0);
});

test('the relay registers every event where the settings name a registry', async () => {
  await using resources = new AsyncDisposableStack();
  const config = { SCHEMA_REGISTRY_URL: server.url, KAFKA_TOPIC_PREFIX: 'elsewhere' };
  await registerEventSchemas({ config: { ...config, SCHEMA_REGISTRY_URL: undefined }, log: quietLog }, resources);
  await registerEventSchemas({ config, log: quietLog }, resources);
  const registry = openSchemaRegistry(server.url);
  await vi.waitFor(async () => expect(await registry.subjects()).toContain('elsewhere.auth.logged_in.v1'), {
    timeout: SOON_MS,
  });
});

test('a schema that would break readers is refused, told of once with its event, and holds up no other', async () => {
  expect(await registerOnce(contractsOf('test.sent', object({ id: text })))).toEqual([]);
  const broken = contractsOf('test.sent', object({ id: text, note: text }));
  const errors = await registerOnce({ ...broken, ...contractsOf('test.read', object({ id: text })) });
  expect(errors).toEqual([{ subject: 'tchat.test.sent.v1', says: expect.stringContaining('Incompatible') }]);
  expect([await countIn('registered'), await countIn('refused')]).toEqual([1, 1]);
});

test('what is no schema is refused, and waiting would not help', async () => {
  const registry = openSchemaRegistry(server.url);
  expect(await registry.register('tchat.test.nonsense.v1', { type: 7 })).toMatchObject({ ok: false });
});

const CHANGES: readonly [string, z.ZodType, z.ZodType][] = [
  ['nothing', object({ a: text }), object({ a: text })],
  ['a new field that may be absent', object({ a: text }), object({ a: text, b: text.optional() })],
  ['a new required field', object({ a: text }), object({ a: text, b: text })],
  ['an optional field that is required now', object({ a: text.optional() }), object({ a: text })],
  ['a required field that may be absent now', object({ a: text }), object({ a: text.optional() })],
  ['a field that is gone', object({ a: text, b: text.optional() }), object({ a: text })],
  ['one value more', object({ a: z.enum(['x']) }), object({ a: z.enum(['x', 'y']) })],
  ['one value less', object({ a: z.enum(['x', 'y']) }), object({ a: z.enum(['x']) })],
  ['another type', object({ a: text }), object({ a: z.number() })],
  ['any number instead of whole ones', object({ a: z.int() }), object({ a: z.number() })],
  ['null as well', object({ a: text }), object({ a: text.nullable() })],
  ['null no more', object({ a: text.nullable() }), object({ a: text })],
  ['a lower maximum', object({ a: z.int().max(9) }), object({ a: z.int().max(8) })],
  ['a higher maximum', object({ a: z.int().max(8) }), object({ a: z.int().max(9) })],
  ['a pattern', object({ a: text }), object({ a: text.regex(/^x/) })],
  ['a field deep inside', object({ a: object({ b: text }) }), object({ a: object({ b: text, c: text }) })],
  [
    'an optional field deep inside',
    object({ a: object({ b: text }) }),
    object({ a: object({ b: text, c: text.optional() }) }),
  ],
  ['shorter lists', object({ a: z.array(text).max(3) }), object({ a: z.array(text).max(2) })],
];

test.each(CHANGES)('the check before a release and the registry judge alike: %s', async (name, before, now) => {
  const registry = openSchemaRegistry(server.url);
  const subject = `tchat.test.${name.replaceAll(' ', '_')}.v1`;
  expect(await registry.register(subject, jsonSchemaOf(before))).toMatchObject({ ok: true });
  const { ok } = await registry.register(subject, jsonSchemaOf(now));
  expect(narrowings(jsonSchemaOf(before), jsonSchemaOf(now)).length === 0).toBe(ok);
});
