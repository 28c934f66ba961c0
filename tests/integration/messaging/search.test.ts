import { expect, test } from 'vitest';
import type { Member } from '#services/messaging/service.ts';
import { type SearchEntry, type WantedRange, findInDialog, putEntries } from '#services/messaging/store/search.ts';
import { makeMessagingUpkeep } from '#services/messaging/upkeep.ts';
import type { WireMessage } from '#shared/contracts/messaging/message.ts';
import type { SearchQuery } from '#shared/contracts/messaging/search.ts';
import type { DialogId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { statement } from '#shared/sql.ts';
import { DAY } from '#shared/time.ts';
import { type FreshDatabase, freshDatabase } from '#tests/harness/database.ts';
import { tell } from './events-told.ts';
import { World } from './world.ts';

function upkeepOf(db: FreshDatabase, world: World) {
  const { databases, outbox } = db;
  return makeMessagingUpkeep({
    messageStore: world.messageStore,
    databases,
    outbox,
    keyManagement: world.keyManagement,
    clock: () => new Date(),
    deletedDialogMs: DAY,
    systemMessageMs: DAY,
  });
}

async function stage(db: FreshDatabase) {
  const world = new World(db.databases);
  const [ann, ben, eve] = world.people(3);
  const upkeep = upkeepOf(db, world);
  return {
    world,
    ann: ann!,
    ben: ben!,
    eve: eve!,
    upkeep,
    index: () => tell(db.database, upkeep.index),
    find: async (who: Member, q: string, more: Partial<SearchQuery> = {}) => {
      const { messages, next_cursor } = await world.messaging.searchMessages(who, { q, limit: 20, ...more });
      return { found: messages.map(({ content }) => content), next: next_cursor };
    },
  };
}

const ENTRIES = statement('', 'SELECT seq, tokens FROM messaging.search_entries ORDER BY dialog_id, seq');

test('nobody finds what they may not read: not in a dialog they are not in, nor after they left, nor by its id', async () => {
  await using db = await freshDatabase();
  const { world, ann, ben, eve, index, find } = await stage(db);
  const dialog = await world.direct(ann, ben);
  const lunch = await world.group(ann, ben, eve);
  await world.say(ann, dialog.id, 'the tamarind tree');
  await world.say(ann, lunch.id, 'tamarind sauce');
  await index();
  expect((await find(ben, 'tamarind')).found).toEqual(['tamarind sauce', 'the tamarind tree']);
  expect((await find(eve, 'tamarind')).found).toEqual(['tamarind sauce']);
  await expect(find(eve, 'tamarind', { dialog_id: dialog.id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(find(eve, 'tamarind', { dialog_id: newId<DialogId>('TH') })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  await db.database.rows(statement('', 'DELETE FROM messaging.participants WHERE dialog_id = $1 AND user_id = $2'), [
    lunch.id,
    eve.userId,
  ]);
  expect((await find(eve, 'tamarind')).found).toEqual([]);
});

test('a cursor of nobody, or of another dialog, is refused', async () => {
  await using db = await freshDatabase();
  const { world, ann, ben, index, find } = await stage(db);
  const dialog = await world.direct(ann, ben);
  await world.say(ann, dialog.id, 'word 1');
  await world.say(ann, dialog.id, 'word 2');
  await index();
  const other = await world.group(ann, ...world.people(2));
  const { next } = await find(ann, 'word', { dialog_id: dialog.id, limit: 1 });
  await expect(find(ann, 'word', { dialog_id: other.id, cursor: next! })).rejects.toMatchObject({
    code: 'VALIDATION_ERROR',
  });
  for (const cursor of ['x', btoa('[]'), btoa('["a",1,2]'), btoa('[1e99,"a",2]')]) {
    await expect(find(ann, 'word', { cursor })).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  }
});

test('a deleted message is not found, an edited one by its new words only, and a shredded dialog not at all', async () => {
  await using db = await freshDatabase();
  const { world, ann, ben, upkeep, index, find } = await stage(db);
  const dialog = await world.direct(ann, ben);
  const { message: gone } = await world.say(ann, dialog.id, 'secret garden');
  const { message: edited } = await world.say(ann, dialog.id, 'secret kitchen');
  await world.say(ann, dialog.id, 'secret door');
  await index();
  await world.messaging.deleteMessage(ann, gone.id);
  await world.messaging.editMessage(ann, edited.id, 'open kitchen');
  // Not told of it yet, the index still leads there; what is opened is compared.
  expect((await find(ben, 'secret')).found).toEqual(['secret door']);
  await index();
  expect((await find(ben, 'secret')).found).toEqual(['secret door']);
  expect((await find(ben, 'kitchen')).found).toEqual(['open kitchen']);
  expect((await db.database.rows(ENTRIES)).length).toBe(2);
  await db.database.transaction((tx) => upkeep.keyCare.shred(tx, dialog.id));
  const anew = new World(db.databases, world);
  expect(await anew.messaging.searchMessages(ben, { q: 'door', limit: 20 })).toEqual({
    messages: [],
    next_cursor: null,
  });
});

test('the index holds no word in clear, and another hash for the same word in every dialog', async () => {
  await using db = await freshDatabase();
  const { world, ann, ben, index } = await stage(db);
  await world.say(ann, (await world.direct(ann, ben)).id, 'durian');
  await world.say(ann, (await world.group(ann, ...world.people(2))).id, 'durian');
  await index();
  const entries = await db.database.rows<{ tokens: string[] }>(ENTRIES);
  const tokens = entries.flatMap((entry) => entry.tokens.map(String));
  expect(tokens.length).toBeGreaterThan(4);
  expect(new Set(tokens).size).toBe(tokens.length);
});

test('what was indexed twice is found once', async () => {
  await using db = await freshDatabase();
  const { world, ann, ben, index, find } = await stage(db);
  await world.say(ann, (await world.direct(ann, ben)).id, 'once');
  await index();
  await index();
  expect((await find(ann, 'once')).found).toEqual(['once']);
});

test.each([
  ['ข้าว', 'ไปกินข้าวกลางวันกัน'],
  ['pho', 'Tối nay ăn phở nhé'],
  ['PHỞ ăn', 'Tối nay ăn phở nhé'],
  ['an d', 'Ăn ở đâu?'],
  ['makan ma', 'Sudah makan malam?'],
  ['kumain ka', 'Kumain ka na ba?'],
  ['stat', 'Meet me at the station'],
  ['station me', 'Meet me at the station'],
  ['international', 'An internationalised text'],
  ['8', 'at 8 sharp'],
])('%s finds: %s', async (q, content) => {
  await using db = await freshDatabase();
  const { world, ann, ben, index, find } = await stage(db);
  const dialog = await world.direct(ann, ben);
  for (const text of [content, 'internationals', 'sharpen', 'kumakain']) await world.say(ann, dialog.id, text);
  await index();
  const { found } = await find(ben, q);
  expect(found).toContain(content);
  for (const miss of ['tion', 'sta meet', 'internationalism']) expect((await find(ben, miss)).found).toEqual([]);
});

test('page by page everything comes once, newest first, over all dialogs and within one', async () => {
  await using db = await freshDatabase();
  const { world, ann, ben, index } = await stage(db);
  const one = await world.direct(ann, ben);
  const other = await world.group(ann, ben, ...world.people(1));
  const said: string[] = [];
  for (let n = 1; n <= 12; n += 1) {
    await world.say(ann, (n % 3 === 0 ? other : one).id, `word ${n}`);
    said.unshift(`word ${n}`);
  }
  await index();
  for (const dialogId of [undefined, one.id]) {
    const seen: WireMessage[] = [];
    let cursor: string | undefined;
    do {
      const query = { q: 'word', limit: 5, dialog_id: dialogId, cursor };
      const { messages, next_cursor } = await world.messaging.searchMessages(ben, query);
      seen.push(...messages);
      cursor = next_cursor ?? undefined;
    } while (cursor !== undefined);
    const wanted = dialogId === undefined ? said : said.filter((text) => Number(text.slice(5)) % 3 !== 0);
    expect(seen.map(({ content }) => content ?? '').toSorted()).toEqual(wanted.toSorted());
    // Messages of two dialogs that share their millisecond may come in either order.
    const times = seen.map((message) => message.created_at);
    expect(times).toEqual(times.toSorted().toReversed());
    const seqs = seen.filter((message) => message.dialog_id === one.id).map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.toSorted((a, b) => b - a));
  }
});

test('within a dialog each entry is met once, newest first, however far back and in whichever block it is', async () => {
  await using db = await freshDatabase();
  const { world, ann, ben, eve } = await stage(db);
  const { id } = await world.direct(ann, ben);
  /** Two words, of which the second is said now and then; each has another hash in either block. */
  const entries = (from: number, to: number, often: bigint, seldom: bigint, every: number) =>
    Array.from({ length: to - from + 1 }, (_, nth): SearchEntry => {
      const tokens = nth % every === 0 ? [often, seldom] : [often];
      return { dialogId: id, seq: BigInt(from + nth), createdAt: new Date(), tokens };
    });
  const [older, newer] = [entries(15_000, 16_383, 21n, 22n, 5), entries(16_384, 17_084, 11n, 12n, 3)];
  await db.database.transaction((tx) => putEntries(tx, [...older, ...newer]));
  const ranges = (to: number, newest: bigint, rest: bigint): WantedRange[] => [
    { dialogId: id, from: 16_384, to, tokens: [newest] },
    { dialogId: id, from: 1, to: 16_383, tokens: [rest] },
  ];
  const all = [...older, ...newer].toReversed();
  const seldom = all.filter(({ tokens }) => tokens.length === 2).map(({ seq }) => seq);
  for (const limit of [1, 100, 171, 200, 300, 10_000]) {
    const found = await findInDialog(db.database, ann.userId, id, ranges(17_084, 12n, 22n), limit);
    expect(found).toEqual(seldom.slice(0, limit));
  }
  const below = await findInDialog(db.database, ben.userId, id, ranges(16_400, 11n, 21n), 10_000);
  expect(below).toEqual(all.map(({ seq }) => seq).filter((seq) => seq <= 16_400n));
  expect(await findInDialog(db.database, eve.userId, id, ranges(17_084, 11n, 21n), 10)).toEqual([]);
});

test('a beginning that many other words share leads to the right ones, page by page', async () => {
  await using db = await freshDatabase();
  const { world, ann, ben, index, find } = await stage(db);
  const dialog = await world.direct(ann, ben);
  const texts = Array.from({ length: 400 }, (_, n) => (n % 40 === 7 ? `papaya ${n}` : `papal ${n}`));
  for (const text of texts) await world.say(ann, dialog.id, text);
  await index();
  const seen: (string | null)[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await find(ben, 'papay', { dialog_id: dialog.id, limit: 3, ...(cursor !== undefined && { cursor }) });
    expect(page.found.length).toBeLessThanOrEqual(3);
    seen.push(...page.found);
    if (page.next === null) break;
    cursor = page.next;
  }
  expect(seen).toEqual(texts.filter((text) => text.startsWith('papaya')).toReversed());
});

test('a query without a word finds nothing', async () => {
  await using db = await freshDatabase();
  const { world, ann, ben, index, find } = await stage(db);
  const dialog = await world.direct(ann, ben);
  await world.say(ann, dialog.id, '🎉');
  await index();
  expect(await find(ann, '🎉')).toEqual({ found: [], next: null });
  expect(await find(ann, '!', { dialog_id: dialog.id })).toEqual({ found: [], next: null });
});
