import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AsyncApiDocument } from '#gateway/asyncapi/document.ts';
import { stepUp } from '#shared/contracts/auth/step-up.ts';
import { EVENT_KINDS } from '#shared/events/catalogue.ts';
import { statement } from '#shared/sql.ts';
import { until } from '#tests/chaos/patience.ts';
import { PIN, type Resident } from '#tests/chaos/town.ts';
import { openThrowawayRegistry, type ThrowawayRegistry } from '#tests/harness/throwaway-registry.ts';
import { openStage, type Stage } from './stage.ts';

const RECORDED = statement('test.recorded', 'SELECT audit.number FROM events.audit WHERE audit.subject = $1');

let registry: ThrowawayRegistry;
let stage: Stage;
beforeAll(async () => {
  registry = await openThrowawayRegistry();
  stage = await openStage({ roles: ['gateway', 'worker'], settings: { SCHEMA_REGISTRY_URL: registry.url } });
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  await registry[Symbol.asyncDispose]();
});

async function schemas(state: string): Promise<number> {
  const metrics = await (await fetch(`${stage.cluster.workerUrl}/metrics`)).text();
  return Number(new RegExp(`^tchat_event_schemas\\{state="${state}"\\} (\\d+)$`, 'm').exec(metrics)?.[1]);
}

test('while the registry is away events go on, and their schemas follow once it is there', async () => {
  expect(await schemas('waiting')).toBeGreaterThanOrEqual(EVENT_KINDS.size);
  const [someone] = (await stage.town.residents(1, '0.00')) as [Resident];
  await someone.client.call(stepUp, { body: { pin: PIN } });
  await until('a consumer has handled what happened', async () => {
    return (await stage.db.database.rows(RECORDED, [someone.id])).length > 0;
  });
  expect(await schemas('registered')).toBe(0);
  await registry.start();
  await until('every schema is registered', async () => (await schemas('registered')) >= EVENT_KINDS.size);
  expect([await schemas('waiting'), await schemas('refused')]).toEqual([0, 0]);
});

test('the gateway tells of every event', async () => {
  const answer = await fetch(`${stage.cluster.gatewayUrl}/api/v1/asyncapi.json`);
  const { asyncapi, components } = (await answer.json()) as AsyncApiDocument;
  const told = new Set(Object.values(components.messages).map(({ name }) => name));
  expect([answer.status, asyncapi]).toEqual([200, '3.0.0']);
  expect([...EVENT_KINDS.keys()].filter((type) => !told.has(type))).toEqual([]);
});
