import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import { countLetters, letterPages } from '#infrastructure/events/dead-letters/all-letters.ts';
import { askForReplay, discard } from '#infrastructure/events/dead-letters/decide.ts';
import { startReplays } from '#infrastructure/events/dead-letters/replays.ts';
import { findLetters } from '#infrastructure/events/dead-letters/letters.ts';
import { openPostgresBus } from '#infrastructure/events/postgres-bus.ts';
import { startRelay } from '#infrastructure/events/relay.ts';
import { AppError } from '#shared/errors.ts';
import type { Consumer } from '#shared/events/bus.ts';
import { defineEvent, happened } from '#shared/events/event.ts';
import { statement, type Tx } from '#shared/sql.ts';
import { testEnvironment } from '#tests/harness/config.ts';
import { type FreshDatabase, freshDatabase } from '#tests/harness/database.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';

const ROOT = join(import.meta.dirname, '../../..');
const WITHIN = { timeout: 20_000 };
const Ordered = defineEvent('test.ordered', 1, z.object({ number: z.number() }));
const EFFECT = statement('', `INSERT INTO events.places (consumer_group, log_offset) VALUES ('effect-' || $1, 0)`);
const EFFECTS = statement(
  '',
  `SELECT substr(consumer_group, 8) AS effect FROM events.places WHERE consumer_group LIKE 'effect-%' ORDER BY 1`,
);
const AUDIT = statement(
  '',
  `SELECT data->>'actor' AS actor, data->>'action' AS action, data->>'outcome' AS outcome, data->'facts' AS facts
   FROM events.outbox WHERE type = 'audit.recorded' ORDER BY position`,
);

/** Writes what it was handed as an effect in its transaction; what it cannot bear it fails at. */
function picky(group: string, cannotBear: (number: number) => boolean | Error): Consumer {
  return {
    group,
    types: [Ordered.type],
    handle: async (events, tx) => {
      for (const event of events) {
        const number = Number(event.data['number']);
        await tx.rows(EFFECT, [`${group}-${number}`]);
        const failure = cannotBear(number);
        if (failure !== false) throw failure === true ? new Error(`cannot bear ${number}`) : failure;
      }
    },
  };
}

/** Publishes and delivers three events of one aggregate, and stops once every group has come to their end. */
async function deliver(db: FreshDatabase, consumers: readonly Consumer[]): Promise<void> {
  const { database, outbox } = db;
  const events = [1, 2, 3].map((number) => happened(Ordered, 'order-1', { number }));
  await database.transaction((tx: Tx) => outbox.append(tx, { events }));
  const relay = startRelay({ database, log: quietLog, onMoved: () => undefined });
  const bus = openPostgresBus({ database, log: quietLog });
  for (const consumer of consumers) bus.subscribe(consumer);
  const behind = statement('', `SELECT FROM events.places WHERE log_offset < 3 AND consumer_group NOT LIKE 'effect-%'`);
  await vi.waitFor(async () => expect(await letters(db)).not.toEqual([]), WITHIN);
  await vi.waitFor(async () => expect(await database.rows(behind)).toEqual([]), WITHIN);
  await Promise.all([relay.stop(), bus.close()]);
}

async function effects({ database }: FreshDatabase): Promise<string[]> {
  return (await database.rows<{ effect: string }>(EFFECTS)).map(({ effect }) => effect);
}

function letters({ database }: FreshDatabase) {
  return findLetters(database, { settled: true, most: 10 });
}

function keyOf(letter: { consumer_group: string; event_id: string }) {
  return { group: letter.consumer_group, eventId: letter.event_id };
}

test('an event that always fails is set aside whole after five tries, and later ones of its aggregate go on', async () => {
  await using db = await freshDatabase();
  await deliver(db, [picky('picky', (number) => number === 2), picky('content', () => false)]);
  expect(await effects(db)).toEqual(['content-1', 'content-2', 'content-3', 'picky-1', 'picky-3']);
  expect(await letters(db)).toEqual([
    expect.objectContaining({
      consumer_group: 'picky',
      type: Ordered.type,
      version: 1,
      aggregate_id: 'order-1',
      data: { number: 2 },
      attempts: 5,
      status: 'waiting',
      reason: 'cannot bear 2',
    }),
  ]);
});

test('a replay hands the event to its group only, once, however often and by however many it is asked for', async () => {
  await using db = await freshDatabase();
  const { database, outbox } = db;
  await deliver(db, [picky('picky', (number) => number === 2), picky('content', () => false)]);
  const consumers = [picky('picky', () => false), picky('content', () => false)];
  const loops = [1, 2].map(() => startReplays({ database, consumers, outbox, log: quietLog }));
  const [letter] = await letters(db);
  const asked = await Promise.all(
    [1, 2, 3].map(() => askForReplay({ database, outbox }, keyOf(letter!), 'operator:ann')),
  );
  expect(asked.filter(Boolean)).toEqual([true]);
  await vi.waitFor(async () => expect((await letters(db))[0]?.status).toBe('replayed'), WITHIN);
  expect(await askForReplay({ database, outbox }, keyOf(letter!), 'operator:bob')).toBe(false);
  await Promise.all(loops.map((loop) => loop.stop()));
  expect(await effects(db)).toEqual(['content-1', 'content-2', 'content-3', 'picky-1', 'picky-2', 'picky-3']);
  expect((await letters(db))[0]).toMatchObject({ attempts: 6, settled_by: 'operator:ann' });
  expect(await database.rows(AUDIT)).toEqual([
    { actor: 'operator:ann', action: 'events.replay_asked', outcome: 'ok', facts: { group: 'picky' } },
    { actor: 'operator:ann', action: 'events.dead_letter_replayed', outcome: 'ok', facts: { group: 'picky' } },
  ]);
});

test('a replay that fails leaves no effect, and the letter waits again with the new reason', async () => {
  await using db = await freshDatabase();
  const { database, outbox } = db;
  await deliver(db, [picky('picky', (number) => number === 2)]);
  const consumers = [picky('picky', () => new Error('still not'))];
  await using loops = new AsyncDisposableStack();
  loops.adopt(startReplays({ database, consumers, outbox, log: quietLog }), (loop) => loop.stop());
  const [letter] = await letters(db);
  await askForReplay({ database, outbox }, keyOf(letter!), 'operator:ann');
  await vi.waitFor(async () => expect((await letters(db))[0]?.attempts).toBe(6), WITHIN);
  expect((await letters(db))[0]).toMatchObject({ status: 'waiting', reason: 'still not' });
  expect(await effects(db)).toEqual(['picky-1', 'picky-3']);
  expect((await database.rows<{ outcome: string }>(AUDIT)).map(({ outcome }) => outcome)).toEqual(['ok', 'failed']);
});

test('a replay waits for what cannot be reached', async () => {
  await using db = await freshDatabase();
  const { database, outbox } = db;
  await deliver(db, [picky('picky', (number) => number === 2)]);
  let tries = 0;
  const away = () => (++tries < 3 ? new AppError('UPSTREAM_UNAVAILABLE') : false);
  await using loops = new AsyncDisposableStack();
  loops.adopt(startReplays({ database, consumers: [picky('picky', away)], outbox, log: quietLog }), (loop) =>
    loop.stop(),
  );
  const [letter] = await letters(db);
  await askForReplay({ database, outbox }, keyOf(letter!), 'operator:ann');
  await vi.waitFor(async () => expect((await letters(db))[0]?.status).toBe('replayed'), WITHIN);
  expect(tries).toBe(3);
});

test('a letter that waits for what cannot be reached keeps no other from its replay', async () => {
  await using db = await freshDatabase();
  const { database, outbox } = db;
  await deliver(db, [picky('first', (number) => number === 2), picky('second', (number) => number === 2)]);
  await using loops = new AsyncDisposableStack();
  const consumers = [picky('first', () => new AppError('UPSTREAM_UNAVAILABLE')), picky('second', () => false)];
  for (const letter of await letters(db)) await askForReplay({ database, outbox }, keyOf(letter), 'operator:ann');
  loops.adopt(startReplays({ database, consumers, outbox, log: quietLog }), (loop) => loop.stop());
  const statuses = async () => (await letters(db)).map(({ status }) => status);
  await vi.waitFor(async () => expect(await statuses()).toEqual(['asked', 'replayed']), WITHIN);
});

test('what was discarded is not handed over, and says by whom and why', async () => {
  await using db = await freshDatabase();
  const { database, outbox } = db;
  await deliver(db, [picky('picky', (number) => number === 2)]);
  const [letter] = await letters(db);
  expect(await discard({ database, outbox }, keyOf(letter!), 'operator:ann', 'a test order')).toBe(true);
  expect(await discard({ database, outbox }, keyOf(letter!), 'operator:bob', 'again')).toBe(false);
  expect(await askForReplay({ database, outbox }, keyOf(letter!), 'operator:bob')).toBe(false);
  expect((await letters(db))[0]).toMatchObject({
    status: 'discarded',
    settled_by: 'operator:ann',
    discard_reason: 'a test order',
  });
  const audit = await database.rows<{ action: string }>(AUDIT);
  expect(audit.map(({ action }) => action)).toEqual(['events.dead_letter_discarded']);
  expect(JSON.stringify(audit)).not.toContain('a test order');
});

test('the command lists, shows, and replays or discards what it is told to', async () => {
  await using db = await freshDatabase();
  const { database, outbox } = db;
  await deliver(db, [picky('picky', (number) => number !== 3)]);
  const [first, second] = await letters(db);
  const dlq = commandOn(db);

  expect(await dlq('replay', '--all')).toMatchObject({ code: 1, text: expect.stringContaining('say --yes') });
  expect(await dlq('discard', '--event', first!.event_id, '--yes')).toMatchObject({ code: 1 });
  expect(await dlq('nonsense')).toMatchObject({ code: 1, text: expect.stringContaining('npm run dlq -- list') });
  expect((await letters(db)).map(({ status }) => status)).toEqual(['waiting', 'waiting']);

  const listed = await dlq('list', '--group', 'picky');
  expect(listed.text.split('\n').filter((line) => line.startsWith('picky'))).toHaveLength(2);
  expect((await dlq('list', '--group', 'content')).text).toContain('No dead letters.');
  expect((await dlq('show', '--event', first!.event_id)).text).toContain('"number": 1');

  expect(await dlq('discard', '--event', first!.event_id, '--reason', 'a test', '--yes')).toMatchObject({ code: 0 });
  await using loops = new AsyncDisposableStack();
  const consumers = [picky('picky', () => false)];
  loops.adopt(startReplays({ database, consumers, outbox, log: quietLog }), (loop) => loop.stop());
  const replayed = await dlq('replay', '--all', '--yes');
  expect(replayed).toMatchObject({ code: 0, text: expect.stringContaining(second!.event_id) });
  expect((await letters(db)).map(({ status }) => status)).toEqual(['discarded', 'replayed']);
  expect((await dlq('list', '--all')).text).toMatch(/discarded[\s\S]*replayed/);
});

test('all means all, in pages, each once although those that fail again wait again', async () => {
  await using db = await freshDatabase();
  const { database, outbox } = db;
  await database.rows(
    statement(
      '',
      `INSERT INTO events.dead_letters
         (consumer_group, event_id, type, version, aggregate_id, data, occurred_at, reason, attempts)
       SELECT CASE WHEN n % 2 = 0 THEN 'even' ELSE 'odd' END, uuidv7(), 'test.ordered', 1, 'order-1',
         jsonb_build_object('number', n), now(), 'planted', 5
       FROM generate_series(1, 7) AS n`,
    ),
  );
  const choice = { statuses: ['waiting'] } as const;
  const { count, until } = await countLetters(database, choice);
  expect(count).toBe(7);
  const pages = [];
  for await (const page of letterPages(database, choice, until, 3)) pages.push(page);
  expect(pages.map((page) => page.length)).toEqual([3, 3, 1]);
  expect(new Set(pages.flat().map(({ eventId }) => eventId)).size).toBe(7);

  await using loops = new AsyncDisposableStack();
  const consumers = [picky('even', () => false), picky('odd', (number) => number === 3)];
  loops.adopt(startReplays({ database, consumers, outbox, log: quietLog }), (loop) => loop.stop());
  const replayed = await commandOn(db)('replay', '--all', '--yes');
  expect(replayed).toMatchObject({ code: 1, text: expect.stringContaining('7 of 7 asked for.') });
  expect(replayed.text).toContain('6 replayed, 1 failed again, 0 still asked for.');
});

/** Runs the command on a database, as an operator does whose output is no terminal. */
function commandOn(db: FreshDatabase): (...args: string[]) => Promise<{ code: number; text: string }> {
  const script = join(ROOT, 'infrastructure/events/dead-letters/dlq.main.ts');
  const env = { ...process.env, ...testEnvironment(db.url) };
  return (...args) =>
    promisify(execFile)(process.execPath, [script, ...args], { cwd: ROOT, env }).then(
      ({ stdout }) => ({ code: 0, text: stdout }),
      (failure: { code: number; stdout: string; stderr: string }) => ({
        code: failure.code,
        text: failure.stdout + failure.stderr,
      }),
    );
}
