import { Client } from 'pg';
import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import { defineEvent, happened } from '#shared/events/event.ts';
import { statement } from '#shared/sql.ts';
import { type FreshDatabase, freshDatabase } from '#tests/harness/database.ts';

const Kept = defineEvent('test.kept', 1, z.object({ number: z.number() }));
const MOVE = statement('', 'SELECT moved FROM events.move_outbox(1000, 0, 0, NULL)');
const CARE = statement('', `SELECT events.care_for_log('7 days', '30 days') AS dropped`);
const PARTS = statement(
  '',
  `SELECT inhrelid::regclass::text AS part FROM pg_inherits
  WHERE inhparent = 'events.log'::regclass ORDER BY 1`,
);
const NUMBERS = statement('', `SELECT (data->>'number')::int AS number FROM events.log ORDER BY log_offset`);

/** Moves an event to the log of a day in the past. */
async function moveAgo(db: FreshDatabase, number: number, days: number): Promise<void> {
  await db.database.transaction((tx) => db.outbox.append(tx, { events: [happened(Kept, 'a', { number })] }));
  await db.database.rows(MOVE);
  const owner = new Client({ connectionString: db.ownerUrl });
  await owner.connect();
  const { rows } = await owner.query<{ day: string; next: string; part: string }>(
    `SELECT day::text, (day + 1)::text AS next, 'events.log_' || to_char(day, 'YYYYMMDD') AS part
     FROM (SELECT (now() AT TIME ZONE 'UTC')::date - ${days} AS day) AS past`,
  );
  const { day, next, part } = rows[0]!;
  await owner.query(`SET timezone = 'UTC';
    CREATE TABLE IF NOT EXISTS ${part} PARTITION OF events.log FOR VALUES FROM ('${day}') TO ('${next}');
    UPDATE events.log SET moved_at = '${day} 12:00' WHERE data->>'number' = '${number}'`);
  await owner.end();
}

async function placeAt(db: FreshDatabase, offset: string): Promise<void> {
  const text = `INSERT INTO events.places (consumer_group, log_offset) SELECT 'slow', ${offset} FROM events.log
    ON CONFLICT (consumer_group) DO UPDATE SET log_offset = excluded.log_offset`;
  await db.database.rows(statement('', text));
}

test('days that every group has read are forgotten after a week, and those of the next days are there', async () => {
  await using db = await freshDatabase();
  const parts = await db.database.rows(PARTS);
  expect(parts).toHaveLength(4);
  for (const [number, days] of [
    [1, 12],
    [2, 9],
    [3, 5],
    [4, 0],
  ] as const)
    await moveAgo(db, number, days);
  await placeAt(db, 'max(log_offset)');
  expect(await db.database.rows(CARE)).toEqual([{ dropped: 2 }]);
  expect(await db.database.rows(NUMBERS)).toEqual([{ number: 3 }, { number: 4 }]);
  expect(await db.database.rows(CARE)).toEqual([{ dropped: 0 }]);
});

test('what a group has not read is kept, for a month', async () => {
  await using db = await freshDatabase();
  for (const [number, days] of [
    [1, 40],
    [2, 20],
    [3, 10],
  ] as const)
    await moveAgo(db, number, days);
  await placeAt(db, 'min(log_offset)');
  expect(await db.database.rows(CARE)).toEqual([{ dropped: 1 }]);
  expect(await db.database.rows(NUMBERS)).toEqual([{ number: 2 }, { number: 3 }]);
});

test('the application may neither change nor remove what is in the log', async () => {
  await using db = await freshDatabase();
  await expect(db.database.rows(statement('', 'DELETE FROM events.log'))).rejects.toThrow(/permission denied/);
  await expect(db.database.rows(statement('', `UPDATE events.log SET type = 'x'`))).rejects.toThrow(
    /permission denied/,
  );
});

test('two relays at once give every event one offset, in the order of its aggregate', async () => {
  await using db = await freshDatabase();
  for (let number = 0; number < 60; number += 1) {
    await db.database.transaction((tx) => db.outbox.append(tx, { events: [happened(Kept, 'a', { number })] }));
  }
  const move = statement('', 'SELECT moved FROM events.move_outbox(7, 0, 0, NULL)');
  const moved = await Promise.all(Array.from({ length: 60 }, () => db.database.rows<{ moved: number }>(move)));
  while ((await db.database.rows(move)).length > 0);
  expect(Math.max(...moved.flat().map((batch) => batch.moved))).toBeLessThanOrEqual(7);
  expect((await db.database.rows<{ number: number }>(NUMBERS)).map(({ number }) => number)).toEqual(
    Array.from({ length: 60 }, (_, number) => number),
  );
});

test('the relay looks no more where nothing will come to light, and everywhere else, whoever reads for how long', async () => {
  await using db = await freshDatabase();
  const append = (number: number) =>
    db.database.transaction((tx) => db.outbox.append(tx, { events: [happened(Kept, `a${number}`, { number })] }));
  const MOVE_ABOVE = statement('', 'SELECT batch.* FROM events.move_outbox(1000, $1, $2, $3) AS batch');
  type Floor = { readonly floor: bigint; readonly mark: bigint; readonly mark_id: string | null };
  let last: Floor = { floor: 0n, mark: 0n, mark_id: null };
  const move = async () => {
    const [batch] = await db.database.rows<Floor>(MOVE_ABOVE, [last.floor, last.mark, last.mark_id]);
    last = batch ?? last;
    return last.floor;
  };
  await using closing = new AsyncDisposableStack();
  const reader = closing.adopt(new Client({ connectionString: db.url }), (open) => open.end());
  await reader.connect();
  await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM events.outbox');

  const { promise: may, resolve: commit } = Promise.withResolvers<void>();
  const { promise: wrote, resolve: written } = Promise.withResolvers<void>();
  const slow = db.database.transaction(async (tx) => {
    await db.outbox.append(tx, { events: [happened(Kept, 'slow', { number: 1 })] });
    written();
    await may;
  });
  await wrote;
  for (const number of [2, 3, 4]) {
    await append(number);
    expect(await move()).toBe(0n);
  }
  commit();
  await slow;
  // Other databases of the server may hold a mark up for a moment: every database's transactions have ids of one kind.
  let number = 4;
  const floorAfterOneMore = async () => {
    number += 1;
    await append(number);
    return await move();
  };
  await vi.waitFor(async () => expect(await floorAfterOneMore()).toBeGreaterThan(4n), { timeout: 20_000 });
  expect((await db.database.rows<{ number: number }>(NUMBERS)).map((row) => row.number)).toEqual([
    2,
    3,
    4,
    1,
    ...Array.from({ length: number - 4 }, (_, index) => 5 + index),
  ]);
});
