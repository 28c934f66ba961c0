import { expect, test } from 'vitest';
import { statement } from '#shared/sql.ts';
import { freshDatabase } from '#tests/harness/database.ts';

const WRITE = statement(
  'test.write-event',
  `INSERT INTO events.outbox (event_id, type, version, aggregate_id, data)
   VALUES (gen_random_uuid(), $1, $2, $3, $4::jsonb)`,
);
const id = '01900000-0000-7000-8000-000000000000';

test.each([
  ['says too much', 'auth.profile_updated', 1, id, { user_id: id, phone: '+66812345678' }],
  ['lacks a field', 'auth.account_created', 1, id, { user_id: id }],
  ['is kept in order by another id', 'auth.profile_updated', 1, 'another', { user_id: id }],
  ['is of a version that nobody declares', 'auth.profile_updated', 2, id, { user_id: id }],
  ['is of a type that nobody declares', 'auth.became_bored', 1, id, { user_id: id }],
])('a test that leaves an event which %s has failed, whoever wrote it', async (_, type, version, key, data) => {
  const db = await freshDatabase();
  await db.database.rows(WRITE, [type, version, key, JSON.stringify(data)]);
  await expect(db[Symbol.asyncDispose]()).rejects.toThrow(type);
});

test('a test that leaves events as they are declared has not', async () => {
  const db = await freshDatabase();
  await db.database.rows(WRITE, ['auth.profile_updated', 1, id, JSON.stringify({ user_id: id })]);
  await expect(db[Symbol.asyncDispose]()).resolves.toBeUndefined();
});
