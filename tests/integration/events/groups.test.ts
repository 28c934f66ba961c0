import { Client } from 'pg';
import { register } from 'prom-client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { startEventGauges } from '#infrastructure/events/event-gauges.ts';
import { countMoved } from '#infrastructure/events/event-metrics.ts';
import { openPostgresBus } from '#infrastructure/events/postgres-bus.ts';
import { startRelay } from '#infrastructure/events/relay.ts';
import { AppError } from '#shared/errors.ts';
import type { Consumer } from '#shared/events/bus.ts';
import { defineEvent, happened, type StoredEvent } from '#shared/events/event.ts';
import { statement } from '#shared/sql.ts';
import { MINUTE } from '#shared/time.ts';
import { type FreshDatabase, freshDatabase } from '#tests/harness/database.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';

const WITHIN = { timeout: 20_000 };
const Numbered = defineEvent('test.numbered', 1, z.object({ number: z.number() }));
const DEAD = statement('', 'SELECT event_id, reason FROM events.dead_letters');

let db: FreshDatabase;
let open: AsyncDisposableStack;
beforeEach(async () => {
  db = await freshDatabase();
  open = new AsyncDisposableStack();
  register.resetMetrics();
});
afterEach(async () => {
  vi.useRealTimers();
  await open.disposeAsync();
  await db[Symbol.asyncDispose]();
});

/** A relay and a process with these groups, until the test ends. */
function carry(...consumers: readonly Consumer[]): void {
  const { database } = db;
  const relay = startRelay({ database, log: quietLog, onMoved: countMoved });
  const bus = openPostgresBus({ database, log: quietLog });
  for (const consumer of consumers) bus.subscribe(consumer);
  open.defer(async () => {
    await relay.stop();
    await bus.close();
  });
}

function append(...numbers: number[]): Promise<void> {
  const events = numbers.map((number) => happened(Numbered, 'a', { number }));
  return db.database.transaction((tx) => db.outbox.append(tx, { events }));
}

function numbersOf(events: readonly StoredEvent[]): number[] {
  return events.map(({ data }) => Number(data['number']));
}

function group(name: string, handle: (numbers: number[]) => void | Promise<void>): Consumer {
  return { group: name, types: [Numbered.type], handle: async (events) => await handle(numbersOf(events)) };
}

async function metric(name: string, labels: Record<string, string> = {}): Promise<number | undefined> {
  const found = (await register.getSingleMetric(name)!.get()).values.find(({ labels: own }) =>
    Object.entries(labels).every(([label, value]) => own[label] === value),
  );
  return found?.value;
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

test('one event at fault in a full batch is found by handling that batch one by one, and the next is a batch again', async () => {
  const batches: number[][] = [];
  await append(...range(1, 1_100));
  carry(
    group('picky', (numbers) => {
      if (numbers.includes(150)) throw new Error('planted');
      batches.push(numbers);
    }),
  );
  await vi.waitFor(() => expect(batches.flat()).toContain(1_100), WITHIN);
  expect(batches.flat()).toEqual(range(1, 1_100).filter((number) => number !== 150));
  expect(batches.map(({ length }) => length)).toEqual([...range(1, 499).map(() => 1), 500, 100]);
  const labels = { group: 'picky' };
  await vi.waitFor(async () => expect(await metric('tchat_events_handled_total', labels)).toBe(1_099));
  expect(await metric('tchat_events_one_by_one_total', labels)).toBe(500);
  expect(await metric('tchat_events_failed_total', { ...labels, of: 'batch' })).toBe(1);
  expect(await metric('tchat_events_failed_total', { ...labels, of: 'event' })).toBe(5);
  expect(await metric('tchat_events_dead_total', labels)).toBe(1);
});

test('an effect that the database refuses at commit is the fault of its event as well', async () => {
  const owner = new Client({ connectionString: db.ownerUrl });
  await owner.connect();
  await owner.query(`CREATE TABLE public.effects (number integer UNIQUE DEFERRABLE INITIALLY DEFERRED);
    GRANT INSERT ON public.effects TO tchat_app; INSERT INTO public.effects VALUES (2)`);
  await owner.end();
  const handled: number[] = [];
  await append(1, 2, 3);
  carry({
    group: 'deferred',
    types: [Numbered.type],
    handle: async (events, tx) => {
      for (const number of numbersOf(events)) {
        await tx.rows(statement('', 'INSERT INTO public.effects VALUES ($1)'), [number]);
        handled.push(number);
      }
    },
  });
  await vi.waitFor(() => expect(handled).toContain(3), WITHIN);
  await vi.waitFor(async () => expect(await db.database.rows(DEAD)).toHaveLength(1), WITHIN);
  expect(await db.database.rows(DEAD)).toEqual([
    expect.objectContaining({ reason: expect.stringContaining('unique') }),
  ]);
});

test('what cannot be reached is waited out: nothing is set aside, and the order is kept', async () => {
  let tries = 0;
  const seen: number[] = [];
  carry(
    group('patient', (numbers) => {
      tries += 1;
      if (tries <= 6) throw new AppError('UPSTREAM_UNAVAILABLE');
      seen.push(...numbers);
    }),
  );
  await append(1, 2, 3);
  await vi.waitFor(() => expect(seen).toEqual([1, 2, 3]), WITHIN);
  expect(await db.database.rows(DEAD)).toEqual([]);
  expect(await metric('tchat_events_failed_total', { group: 'patient', of: 'away' })).toBe(6);
});

test('a group at fault holds up no other', async () => {
  const seen: number[] = [];
  carry(
    group('stuck', () => {
      throw new AppError('UPSTREAM_UNAVAILABLE');
    }),
    group('sound', (numbers) => void seen.push(...numbers)),
  );
  for (const number of range(1, 20)) await append(number);
  await vi.waitFor(() => expect(seen).toEqual(range(1, 20)), WITHIN);
});

test('events that are committed in another order than they were written are all delivered', async () => {
  const seen: number[] = [];
  carry(group('all', (numbers) => void seen.push(...numbers)));
  const [first, second, third] = [1, 2, 3].map((number) => {
    const { promise: may, resolve: commit } = Promise.withResolvers<void>();
    const { promise: wrote, resolve: written } = Promise.withResolvers<void>();
    const ended = db.database.transaction(async (tx) => {
      await db.outbox.append(tx, { events: [happened(Numbered, `a${number}`, { number })] });
      written();
      await may;
    });
    return { wrote, commit, ended };
  });
  await Promise.all([first!.wrote, second!.wrote, third!.wrote]);
  for (const [index, writer] of [third!, first!, second!].entries()) {
    writer.commit();
    await writer.ended;
    await vi.waitFor(() => expect(seen).toHaveLength(index + 1), WITHIN);
  }
  expect(seen).toEqual([3, 1, 2]);
});

test('a group whose process has died is taken over, and one that is held is left alone', async () => {
  const holder = new Client({ connectionString: db.url });
  holder.on('error', () => undefined);
  await holder.connect();
  await holder.query('BEGIN');
  await holder.query(`SELECT pg_advisory_xact_lock(7241003, hashtext('held'))`);
  const [held, free]: number[][] = [[], []];
  carry(
    group('held', (numbers) => void held!.push(...numbers)),
    group('free', (numbers) => void free!.push(...numbers)),
  );
  for (const number of range(1, 10)) await append(number);
  await vi.waitFor(() => expect(free).toEqual(range(1, 10)), WITHIN);
  expect(held).toEqual([]);
  // As the system does for a process that is killed.
  (holder as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  await vi.waitFor(() => expect(held).toEqual(range(1, 10)), WITHIN);
});

test('closing waits for the batch under way, and what came after it is there for the next process', async () => {
  const { promise: may, resolve: goOn } = Promise.withResolvers<void>();
  const { promise: started, resolve: start } = Promise.withResolvers<void>();
  const { database } = db;
  const bus = openPostgresBus({ database, log: quietLog });
  const relay = startRelay({ database, log: quietLog, onMoved: countMoved });
  const first: number[] = [];
  bus.subscribe(
    group('all', async (numbers) => {
      start();
      await may;
      first.push(...numbers);
    }),
  );
  await append(1);
  await started;
  await append(2);
  const closing = bus.close();
  goOn();
  await closing;
  await relay.stop();
  expect(first).toEqual([1]);
  const rest: number[] = [];
  carry(group('all', (numbers) => void rest.push(...numbers)));
  await vi.waitFor(() => expect(rest).toEqual([2]), WITHIN);
});

test.each([5, -5])(
  'a process whose clock is %i minutes off carries as any other, and its lag is told by the database',
  async (minutes) => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + minutes * MINUTE });
    const seen: StoredEvent[] = [];
    const consumer = {
      group: 'all',
      types: [Numbered.type],
      handle: async (events: readonly StoredEvent[]) => void seen.push(...events),
    };
    carry(consumer);
    const gauges = startEventGauges({ database: db.database, name: 'core', consumers: [consumer], log: quietLog });
    open.defer(() => gauges.stop());
    for (const number of range(1, 5)) await append(number);
    await vi.waitFor(() => expect(seen).toHaveLength(5), WITHIN);
    const off = (event: StoredEvent) => Math.abs(event.occurredAt.getTime() - Date.now());
    expect(seen.every((event) => off(event) > 4 * MINUTE)).toBe(true);
    await vi.waitFor(async () => expect(await metric('tchat_events_handled_total', { group: 'all' })).toBe(5));
    for (const name of ['tchat_outbox_lag_seconds', 'tchat_events_age_seconds']) {
      const { values } = await register.getSingleMetric(name)!.get();
      const sum = values.find((value) => (value as { metricName?: string }).metricName === `${name}_sum`)?.value;
      expect(sum).toBeGreaterThan(0);
      expect(sum).toBeLessThan((4 * MINUTE) / 1000);
    }
    await vi.waitFor(async () => expect(await metric('tchat_outbox_lag')).toBeDefined());
    expect(await metric('tchat_outbox_lag')).toBeGreaterThanOrEqual(0);
  },
);

test('gauges tell what waits in the outbox, beyond a group and among its dead letters', async () => {
  await append(...range(1, 7));
  await db.database.rows(
    statement(
      '',
      `INSERT INTO events.dead_letters
    (consumer_group, event_id, type, version, aggregate_id, data, occurred_at, reason, attempts, failed_at)
    VALUES ('gone', gen_random_uuid(), 'a.b', 1, 'a', '{}', now(), 'planted', 5, now() - interval '90 seconds')`,
    ),
  );
  const look = async () => {
    const consumers = [{ group: 'all', types: [Numbered.type] }];
    const gauges = startEventGauges({ database: db.database, name: 'core', consumers, log: quietLog });
    await vi.waitFor(async () => expect(await metric('tchat_dead_letters', { group: 'gone' })).toBe(1), WITHIN);
    await gauges.stop();
  };
  await look();
  expect(await metric('tchat_outbox_waiting')).toBe(7);
  expect(await metric('tchat_outbox_lag')).toBeGreaterThan(0);
  expect(await metric('tchat_dead_letter_oldest_seconds', { group: 'gone' })).toBeGreaterThanOrEqual(90);
  expect(await metric('tchat_dead_letters', { group: 'all' })).toBe(0);

  await db.database.rows(statement('', `INSERT INTO events.places (consumer_group) VALUES ('all')`));
  await db.database.rows(statement('', 'SELECT events.move_outbox(5, 0, 0, NULL)'));
  register.resetMetrics();
  await look();
  expect(await metric('tchat_outbox_waiting')).toBe(2);
  expect(await metric('tchat_events_behind', { group: 'all' })).toBe(5);
  expect(await metric('tchat_events_waiting_age_seconds', { group: 'all' })).toBeGreaterThan(0);
});
