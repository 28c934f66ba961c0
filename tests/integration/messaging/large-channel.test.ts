import { Client } from 'pg';
import { expect, test } from 'vitest';
import { openDatabases } from '#infrastructure/postgres/databases.ts';
import type { Member } from '#services/messaging/service.ts';
import { type FreshDatabase, freshDatabase } from '#tests/harness/database.ts';
import { World } from './world.ts';

const READERS = 100_000;

/**
 * How many rows of participants were touched so far, by whatever plan; undefined while the app is still connected,
 * because a connection reports the last of what it did when it ends.
 */
async function rowsTouched(db: FreshDatabase): Promise<number | undefined> {
  const client = new Client({ connectionString: db.ownerUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ count: number; connected: number }>(
      `SELECT (SELECT count(*)::int FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid()) AS connected,
              (seq_tup_read + idx_tup_fetch + n_tup_ins + n_tup_upd + n_tup_del)::int AS count
       FROM pg_stat_user_tables WHERE schemaname = 'messaging' AND relname = 'participants'`,
    );
    return rows[0]!.connected === 0 ? rows[0]!.count : undefined;
  } finally {
    await client.end();
  }
}

test('in a channel of 100,000 readers, reading, posting, joining and leaving touch no reader but one’s own, and it ends', async () => {
  await using db = await freshDatabase();
  const app = () => openDatabases({ DATABASE_URL: db.url, DATABASE_POOL_MAX: 4, REGION_DATABASE_URLS: [] }, 'test');
  const filler = app();
  const made = new World(filler);
  const [owner, reader, joiner] = made.people(3) as [Member, Member, Member];
  const { dialog } = await made.messaging.openDialog(owner, {
    type: 'channel',
    name: 'News',
    participant_ids: [reader.userId],
  });
  const { id } = dialog;
  await made.messaging.editDialog(owner, id, { settings: { is_public: true } });
  await filler[Symbol.asyncDispose]();
  const filling = new Client({ connectionString: db.ownerUrl });
  await filling.connect();
  await filling.query(
    `INSERT INTO messaging.participants (dialog_id, user_id, role)
     SELECT $1, gen_random_uuid(), 'member' FROM generate_series(1, $2)`,
    [id, READERS - 3],
  );
  await filling.query('UPDATE messaging.dialogs SET participant_count = $2 WHERE id = $1', [id, READERS - 1]);
  await filling.query('ANALYZE messaging.participants');
  await filling.end();

  await expect.poll(() => rowsTouched(db)).toBeGreaterThan(READERS - 4);
  const before = (await rowsTouched(db))!;
  const databases = app();
  const world = new World(databases, made);
  const { messaging } = world;
  await messaging.joinDialog(joiner, id);
  await expect(messaging.joinDialog(world.person(), id)).rejects.toMatchObject({ code: 'CONFLICT' });
  await world.count(owner, id, 20);
  const seen = await messaging.getDialog(reader, id);
  expect(seen).toMatchObject({ participant_count: READERS, last_seq: 21, unread_count: 21 });
  expect(seen.participants.map(({ user_id: userId }) => userId)).toEqual([owner.userId, reader.userId]);
  expect((await messaging.listDialogs(reader, { page: 1, limit: 20 })).dialogs).toHaveLength(1);
  expect((await messaging.history(reader, id, { limit: 50 })).messages).toHaveLength(21);
  await messaging.sync(reader.userId, { dialogs: [{ dialog_id: id, after_version: 0 }], limit: 100 });
  await messaging.advanceReceipt(reader.userId, id, { read_seq: 21 });
  await messaging.leaveDialog(joiner, id);
  const told = world.announced.map(({ event }) => event);
  expect(Object.groupBy(told, (event) => event)).toEqual({
    dialog: ['dialog'],
    message: Array.from({ length: 20 }, () => 'message'),
    // To the reader's own devices.
    receipt: ['receipt'],
    removed: ['removed'],
  });

  await databases[Symbol.asyncDispose]();
  await expect.poll(() => rowsTouched(db)).toBeGreaterThan(before);
  expect((await rowsTouched(db))! - before).toBeLessThan(1_000);

  const last = new World(db.databases, made);
  await last.messaging.deleteDialog(owner, id);
  expect(last.announced.map(({ event }) => event)).toEqual(['closed']);
  expect(await last.messaging.dialogsOf(reader.userId)).toEqual([]);
});
