import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '#infrastructure/postgres/database.ts';
import { statement } from '#shared/sql.ts';
import { openOwnPostgres, type OwnEngine } from '#tests/chaos/own-engine.ts';
import { type FreshDatabase, freshDatabase } from '#tests/harness/database.ts';
import { createRoles, createTemplate } from '#tests/harness/template-database.ts';
import { World } from '../messaging/world.ts';

const ONE = statement('tests.one', 'SELECT 1 AS one');
const AWAY = { code: 'UPSTREAM_UNAVAILABLE', retryable: true };
const OPENING_MS = 90_000;
/** How long a statement may take that hears nothing: far longer than the watch waits for a silent server. */
const LOST_AFTER_MS = 25_000;

let postgres: OwnEngine;
let db: FreshDatabase;
beforeAll(async () => {
  postgres = await openOwnPostgres();
  await createRoles(postgres.url);
  await createTemplate(postgres.url);
  db = await freshDatabase(postgres.url);
}, OPENING_MS);
afterEach(() => postgres.thaw());
afterAll(async () => {
  await db[Symbol.asyncDispose]();
  await postgres[Symbol.asyncDispose]();
});

test('statements that wait for a frozen server are given up long before they would be lost, and it is used again', async () => {
  const options = { poolMax: 4, applicationName: 'test', answerWithinMs: LOST_AFTER_MS };
  const database = openDatabase({ url: db.url, ...options });
  try {
    await Promise.all(Array.from({ length: 4 }, () => database.rows(ONE)));
    postgres.freeze();
    const lost = new Promise((resolve) => setTimeout(resolve, LOST_AFTER_MS - 5_000, 'still waiting').unref());
    const asked = [database.rows(ONE), database.transaction((tx) => tx.rows(ONE)), database.ping()];
    const outcomes = await Promise.race([Promise.allSettled(asked), lost]);
    expect(outcomes).toMatchObject(asked.map(() => ({ status: 'rejected', reason: AWAY })));
    await expect(database.rows(ONE)).rejects.toMatchObject(AWAY);
    await expect(database.transaction((tx) => tx.rows(ONE))).rejects.toMatchObject(AWAY);
    postgres.thaw();
    await expect.poll(() => database.rows(ONE).catch(() => 'away'), { timeout: 10_000 }).toEqual([{ one: 1 }]);
    expect(await database.transaction((tx) => tx.rows(ONE))).toEqual([{ one: 1 }]);
  } finally {
    postgres.thaw();
    await database.close();
  }
});

test('a statement that waits for a lock is not taken for a silent server', async () => {
  const [held, wait] = [statement('', 'SELECT pg_advisory_xact_lock(1)'), statement('', 'SELECT pg_sleep(5)')];
  const [, waited] = await Promise.all([
    db.database.transaction(async (tx) => {
      await tx.rows(held);
      await tx.rows(wait);
    }),
    db.database.transaction(async (tx) => {
      await tx.rows(held);
      return await tx.rows(ONE);
    }),
  ]);
  expect(waited).toEqual([{ one: 1 }]);
});

test('a message to a frozen server is refused for now, and sent again it is there once', async () => {
  const world = new World(db.databases);
  const [ann, ben] = world.people(2);
  const dialog = await world.direct(ann!, ben!);
  await world.say(ann!, dialog.id, 'before', 'c-0');
  postgres.freeze();
  const ids = ['c-1', 'c-2', 'c-3'];
  const refused = await Promise.allSettled(ids.map((id) => world.say(ann!, dialog.id, id, id)));
  expect(refused).toMatchObject(ids.map(() => ({ status: 'rejected', reason: AWAY })));
  postgres.thaw();
  const again = (id: string) => world.say(ann!, dialog.id, id, id).catch(() => undefined);
  for (const id of ids) await expect.poll(() => again(id), { timeout: 10_000 }).toBeDefined();
  const { messages } = await world.messaging.history(ben!, dialog.id, { limit: 10 });
  expect(messages.map(({ content }) => content ?? '').toSorted()).toEqual(['before', ...ids]);
  expect(messages.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
});
