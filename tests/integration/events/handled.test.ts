import { expect, test } from 'vitest';
import { startForgetting } from '#infrastructure/events/kafka/forget-handled.ts';
import { followLog, markHandled, unhandled } from '#infrastructure/events/kafka/handled.ts';
import type { EventRecord } from '#infrastructure/events/kafka/record.ts';
import { startRelay } from '#infrastructure/events/relay.ts';
import { firstRow, statement } from '#shared/sql.ts';
import { DAY } from '#shared/time.ts';
import { until } from '#tests/chaos/patience.ts';
import { type FreshDatabase, freshDatabase } from '#tests/harness/database.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import { Counted, collector, counted, write } from './counted.ts';

const LOG = statement('test.log', 'SELECT log.event_id, log.log_offset FROM events.log ORDER BY log.log_offset');
const REGISTER = statement('test.register', "INSERT INTO events.places (consumer_group) VALUES ('mover')");
const PLACE = statement('test.place', "SELECT log_offset FROM events.places WHERE consumer_group = 'mover'");
const HANDLED = statement('test.handled-ids', 'SELECT event_id FROM events.handled ORDER BY event_id');
const mover = collector([], 'mover');

/** Events of some types, moved to the log; their records as Kafka would bring them. */
async function logged(db: FreshDatabase, types: readonly string[]): Promise<EventRecord[]> {
  const relay = startRelay({ database: db.database, log: quietLog, onMoved: () => undefined });
  await write(
    db,
    types.map((type, number) => ({ ...counted('a', 0, number), type })),
  );
  const rows = await until('all are in the log', async () => {
    const found = await db.database.rows<{ event_id: string; log_offset: bigint }>(LOG);
    return found.length === types.length && found;
  });
  await relay.stop();
  return rows.map(({ event_id: id, log_offset: logOffset }, nth) => ({
    event: { id, type: types[nth]!, version: 1, aggregateId: 'a', occurredAt: new Date(), data: {} },
    logOffset,
  }));
}

const place = async (db: FreshDatabase) => (await firstRow<{ log_offset: bigint }>(db.database, PLACE))?.log_offset;
const mark = (db: FreshDatabase, records: readonly EventRecord[]) =>
  db.database.transaction((tx) => markHandled(tx, 'mover', records));

test('the place of a group that reads Kafka stops before the first event that it wants and has not handled', async () => {
  await using db = await freshDatabase();
  await db.database.rows(REGISTER);
  const records = await logged(db, [Counted.type, 'test.other', Counted.type, Counted.type]);
  await mark(db, [records[0]!, records[3]!]);
  await followLog(db.database, mover);
  expect(await place(db)).toBe(records[1]!.logOffset);
  await mark(db, [records[2]!]);
  await followLog(db.database, mover);
  expect(await place(db)).toBe(records[3]!.logOffset);
});

test('it does not pass what only a newer build knows, in a domain that the group reads', async () => {
  await using db = await freshDatabase();
  await db.database.rows(REGISTER);
  const records = await logged(db, [Counted.type, 'test.other', 'test.new', Counted.type]);
  await mark(db, [records[0]!, records[3]!]);
  await followLog(db.database, { ...mover, knows: [Counted.type, 'test.other'] });
  expect(await place(db)).toBe(records[1]!.logOffset);
});

test('of a batch only what is neither marked nor before the place is unhandled, each event once', async () => {
  await using db = await freshDatabase();
  await db.database.rows(REGISTER);
  const [before, marked, fresh] = (await logged(db, [Counted.type, Counted.type, Counted.type])) as [
    EventRecord,
    EventRecord,
    EventRecord,
  ];
  await mark(db, [before]);
  await followLog(db.database, mover);
  await mark(db, [marked]);
  const all = [before, marked, fresh, fresh];
  expect(await db.database.transaction((tx) => unhandled(tx, 'mover', all))).toEqual([fresh]);
});

test('while one transaction hands events to a group, another is told so', async () => {
  await using db = await freshDatabase();
  await db.database.transaction(async (tx) => {
    expect(await unhandled(tx, 'mover', [])).toEqual([]);
    await db.database.transaction(async (other) => expect(await unhandled(other, 'mover', [])).toBeUndefined());
  });
});

test('what was handled is forgotten once Kafka can bring it no more, and not before', async () => {
  await using db = await freshDatabase();
  const idOf = (ageMs: number) => {
    const hex = (Date.now() - ageMs).toString(16).padStart(12, '0');
    return `${hex.slice(0, 8)}-${hex.slice(8)}-7abc-8abc-0123456789ab`;
  };
  const [old, recent] = [idOf(11 * DAY), idOf(9 * DAY)];
  const event = { type: Counted.type, version: 1, aggregateId: 'a', occurredAt: new Date(), data: {} };
  await mark(
    db,
    [old, recent].map((id) => ({ event: { ...event, id }, logOffset: undefined })),
  );
  const loop = startForgetting({ database: db.database, consumers: [mover], retentionMs: 7 * DAY, log: quietLog });
  const left = await until('the old one is forgotten', async () => {
    const rows = await db.database.rows<{ event_id: string }>(HANDLED);
    return rows.length < 2 && rows.map((row) => row.event_id);
  });
  await loop.stop();
  expect(left).toEqual([recent]);
});
