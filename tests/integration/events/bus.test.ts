import { randomUUID } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import { auditChain, verifyAuditChain } from '#infrastructure/events/audit-chain.ts';
import { openPostgresBus } from '#infrastructure/events/postgres-bus.ts';
import { startRelay } from '#infrastructure/events/relay.ts';
import { defineEvent, happened, type StoredEvent } from '#shared/events/event.ts';
import { firstRow, statement } from '#shared/sql.ts';
import { type FreshDatabase, freshDatabase } from '#tests/harness/database.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import { collector, counted, write } from './counted.ts';

const COUNT_AUDIT = statement('test.count-audit', 'SELECT count(*)::int AS records FROM events.audit');

/** A relay and a bus over the test's database, of which the relay wakes the bus by the log alone. */
function carrier({ database }: FreshDatabase) {
  const bus = openPostgresBus({ database, log: quietLog });
  const relay = startRelay({ database, log: quietLog, onMoved: () => undefined });
  return {
    bus,
    [Symbol.asyncDispose]: async () => {
      await relay.stop();
      await bus.close();
    },
  };
}

test('a group that wants nothing of what comes passes over it by itself, and hears what it wants among it', async () => {
  await using db = await freshDatabase();
  await using carried = carrier(db);
  const Other = defineEvent('test.other', 1, z.object({ writer: z.number(), number: z.number() }));
  const seen: StoredEvent[] = [];
  carried.bus.subscribe({ group: 'others', types: [Other.type], handle: async (events) => void seen.push(...events) });
  for (let number = 0; number < 20; number++) await write(db, [counted('a', 0, number)]);
  const PLACE = statement('test.place', "SELECT log_offset FROM events.places WHERE consumer_group = 'others'");
  const place = async () => (await firstRow<{ log_offset: bigint }>(db.database, PLACE))?.log_offset;
  await vi.waitFor(async () => expect(await place()).toBe(20n), { timeout: 10_000 });
  expect(seen).toEqual([]);
  await write(db, [counted('a', 0, 20), happened(Other, 'b', { writer: 1, number: 21 }), counted('a', 0, 22)]);
  await vi.waitFor(() => expect(seen.map(({ data }) => data['number'])).toEqual([21]), { timeout: 10_000 });
});

test('what another process has moved is noticed in the log', async () => {
  await using db = await freshDatabase();
  const bus = openPostgresBus({ database: db.database, log: quietLog });
  const seen: StoredEvent[] = [];
  bus.subscribe(collector(seen));
  const relay = startRelay({ database: db.database, log: quietLog, onMoved: () => undefined });
  for (const number of [1, 2, 3]) {
    await write(db, [counted('a', 0, number)]);
    await vi.waitFor(() => expect(seen).toHaveLength(number), { timeout: 10_000 });
  }
  await relay.stop();
  await bus.close();
});

test('two relays and two processes of one group still deliver each event once', async () => {
  await using db = await freshDatabase();
  await using first = carrier(db);
  await using second = carrier(db);
  const seen: StoredEvent[] = [];
  first.bus.subscribe(collector(seen));
  second.bus.subscribe(collector(seen));
  const events = Array.from({ length: 300 }, (_, number) => counted('a', 0, number));
  for (const event of events) await write(db, [event]);
  await vi.waitFor(() => expect(seen.length).toBeGreaterThanOrEqual(300), 10_000);
  expect(seen.map((event) => event.data['number'])).toEqual(events.map((event) => event.data['number']));
});

test('audit entries are chained in order, and a change in the table shows', async () => {
  await using db = await freshDatabase();
  await using carried = carrier(db);
  carried.bus.subscribe(auditChain);
  for (let number = 0; number < 20; number++) {
    await db.database.transaction((tx) =>
      db.outbox.append(tx, {
        audit: [
          {
            actor: 'system',
            action: 'test.done',
            subject: randomUUID(),
            region: 'TH',
            outcome: 'ok',
            facts: { number },
          },
        ],
      }),
    );
  }
  await vi.waitFor(async () => expect(await firstRow(db.database, COUNT_AUDIT)).toEqual({ records: 20 }), 10_000);
  expect(await verifyAuditChain(db.database)).toEqual({ ok: true, records: 20n });
  await asOwner(db, "UPDATE events.audit SET outcome = 'failed' WHERE number = 7");
  expect(await verifyAuditChain(db.database)).toEqual({ ok: false, brokenAt: 7n });
});

test('the application may not change or remove an audit record', async () => {
  await using db = await freshDatabase();
  const change = db.database.rows(statement('test.forge', "UPDATE events.audit SET outcome = 'ok'"));
  await expect(change).rejects.toThrow(/permission denied/);
  await expect(db.database.rows(statement('test.hide', 'DELETE FROM events.audit'))).rejects.toThrow(
    /permission denied/,
  );
});

async function asOwner(db: FreshDatabase, text: string): Promise<void> {
  const { Client } = await import('pg');
  const client = new Client({ connectionString: db.ownerUrl });
  await client.connect();
  await client.query(text);
  await client.end();
}
