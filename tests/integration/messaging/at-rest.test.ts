import { Client } from 'pg';
import { expect, test } from 'vitest';
import { statement } from '#shared/sql.ts';
import { freshDatabase } from '#tests/harness/database.ts';
import { logAtRest } from '#tests/harness/message-store.ts';
import { copyBody } from './tamper.ts';
import { World } from './world.ts';

const SECRET = 'the treasure is under the old tamarind tree';

test('the process cannot change or remove a stored message or a key', async () => {
  await using db = await freshDatabase();
  const attempts = [
    'UPDATE messaging.messages SET sender_id = id',
    'DELETE FROM messaging.messages',
    'DELETE FROM messaging.dialog_keys',
    'UPDATE messaging.dialog_keys SET wrapped_by = sealed::text',
    'TRUNCATE messaging.messages',
  ];
  for (const text of attempts) {
    await expect(db.database.rows(statement('', text))).rejects.toMatchObject({ code: '42501' });
  }
});

test('content and metadata are nowhere in the stores in clear, nor in events', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben] = world.people(2);
  const dialog = await world.direct(ann!, ben!);
  await world.messaging.sendMessage(ann!, {
    dialog_id: dialog.id,
    message_type: 'text',
    content: SECRET,
    metadata: { hint: 'tamarind' },
  });
  const owner = new Client({ connectionString: db.ownerUrl });
  await owner.connect();
  const tables = await owner.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('messaging', 'events')`,
  );
  expect(tables.rows.length).toBeGreaterThan(5);
  for (const { name } of tables.rows) {
    const { rows } = await owner.query<{ row: string }>(
      `SELECT row_to_json(stored)::text AS row FROM ${name} AS stored`,
    );
    const text = rows.map(({ row }) => row).join('\n');
    expect(text).not.toContain('tamarind');
    expect(text).not.toContain(Buffer.from('tamarind').toString('hex'));
  }
  await owner.end();
  for (const bytes of await logAtRest(dialog.id)) expect(bytes.includes('tamarind')).toBe(false);
});

test('a row that was moved to another message does not open', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben] = world.people(2);
  const dialog = await world.direct(ann!, ben!);
  await world.say(ann!, dialog.id, 'I owe you 1');
  await world.say(ann!, dialog.id, 'I owe you 1000');
  await copyBody(db, dialog.id, { from: 2, to: 1 });
  await expect(world.messaging.history(ben!, dialog.id, { limit: 10 })).rejects.toThrow();
});
