import { expect, test } from 'vitest';
import { openDatabases } from '#infrastructure/postgres/databases.ts';
import { findRecipients } from '#services/auth/recipients.ts';
import { makeCreate } from '#services/notifications/create/create.ts';
import { makeInboxNews } from '#services/notifications/inbox-news.ts';
import { makeNotifications } from '#services/notifications/service.ts';
import { type Database, statement } from '#shared/sql.ts';
import { freshDatabase } from '#tests/harness/database.ts';
import { openNotifications, wanted } from './open-notifications.ts';

const MOVE = statement(
  'test.move-account',
  `INSERT INTO auth.accounts (id, phone_number, country_code, role, display_name, locale, timezone)
   VALUES ($1, '+84901234567', 'VN', 'user', 'Somebody', 'vi', 'Asia/Ho_Chi_Minh')`,
);
const RECIPIENTS = statement('test.recipients', 'SELECT recipient_id FROM notifications.notifications');
const recipientsIn = async (database: Database) =>
  (await database.rows<{ recipient_id: string }>(RECIPIENTS)).map((row) => row.recipient_id);

test('what someone is told stays in their country, once, though the event came from another and its group failed', async () => {
  await using vietnam = await freshDatabase();
  await using desk = await openNotifications();
  await using databases = openDatabases(
    { DATABASE_URL: desk.db.url, DATABASE_POOL_MAX: 4, REGION_DATABASE_URLS: [`VN=${vietnam.url}`] },
    'test',
  );
  const nok = await desk.person({ isReached: false });
  const linh = await desk.person({ country: 'VN', isReached: false });
  await vietnam.database.rows(MOVE, [linh.userId]);
  const recipients = { find: (ids: Parameters<typeof findRecipients>[1]) => findRecipients(databases, ids) };
  const { create } = makeNotifications({ ...desk.ports, databases, recipients });
  const both = [wanted(nok), wanted(linh)];

  const failing = desk.db.database.transaction(async (tx) => {
    await create(both, { tx });
    throw new Error('the group could not move on');
  });
  await expect(failing).rejects.toThrow('could not move on');
  await desk.db.database.transaction((tx) => create(both, { tx }));

  expect(await recipientsIn(desk.db.database)).toEqual([nok.userId]);
  expect(await recipientsIn(vietnam.database)).toEqual([linh.userId]);
  const inboxNews = makeInboxNews({ databases });
  const { unread } = await inboxNews([], [nok.userId, linh.userId]);
  expect([...unread.values()]).toEqual([1, 1]);
});

test('what is made in a transaction of the recipient’s own country is not made when that fails', async () => {
  await using vietnam = await freshDatabase();
  await using desk = await openNotifications();
  await using databases = openDatabases(
    { DATABASE_URL: desk.db.url, DATABASE_POOL_MAX: 4, REGION_DATABASE_URLS: [`VN=${vietnam.url}`] },
    'test',
  );
  const linh = await desk.person({ country: 'VN', isReached: false });
  await vietnam.database.rows(MOVE, [linh.userId]);
  const recipients = { find: (ids: Parameters<typeof findRecipients>[1]) => findRecipients(databases, ids) };
  const create = makeCreate({ ...desk.ports, databases, recipients });
  const home = databases.of('VN');
  const failing = home.transaction(async (tx) => {
    await create([wanted(linh)], { tx, home });
    throw new Error('it died before its key was written');
  });
  await expect(failing).rejects.toThrow('it died');
  expect(await recipientsIn(vietnam.database)).toEqual([]);
  await home.transaction((tx) => create([wanted(linh)], { tx, home }));
  expect(await recipientsIn(vietnam.database)).toEqual([linh.userId]);
});
