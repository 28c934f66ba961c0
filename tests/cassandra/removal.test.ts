import { expect, inject, test } from 'vitest';
import { makeCassandraLog } from '#infrastructure/message-store/cassandra/cassandra-log.ts';
import { type Session, openSession } from '#infrastructure/message-store/cassandra/session.ts';
import type { LogItem } from '#services/messaging/store/log/message-log.ts';
import type { DialogId, UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { TEST_LAYOUT } from '#tests/harness/message-store.ts';
import { DATACENTER } from '#tests/harness/throwaway-cassandra.ts';
import { withFaults } from '#tests/integration/messaging/faulty-session.ts';
import { message } from '#tests/integration/messaging/store-bench.ts';

const LAYOUT = { ...TEST_LAYOUT, bucketSeqs: 4 };
const TABLES = ['log', 'client_keys'] as const;

const session = () => openSession({ contactPoints: [inject('cassandra')], localDatacenter: DATACENTER });

function logOver(own: Session) {
  return makeCassandraLog({ session: own, layout: LAYOUT, now: () => new Date() });
}

/** A dialog of so many messages, which can be found by their ids. */
async function filled(own: Session, count: number) {
  const [dialogId, sender] = [newId<DialogId>('TH'), newId<UserId>('TH')];
  const log = logOver(own);
  const items: LogItem[] = Array.from({ length: count }, (_, nth) => ({
    message: message(dialogId, sender, `c${nth + 1}`, `m${nth + 1}`),
  }));
  await log.append(dialogId, 0n, items);
  const ids = items.map((item) => item.message.id);
  await log.index(ids.map((id, nth) => ({ id, dialog_id: dialogId, seq: BigInt(nth + 1) })));
  return { dialogId, log, ids, items };
}

/** What a table still holds of a dialog. */
async function left(own: Session, table: (typeof TABLES)[number], dialogId: DialogId): Promise<unknown[]> {
  return await own.rows({
    query: `SELECT * FROM ${LAYOUT.keyspace}.${table} WHERE dialog_id = ? ALLOW FILTERING`,
    params: [dialogId],
  });
}

test('what is removed is gone with its ids and client keys, and the dialog goes on where it was', async () => {
  await using own = await session();
  const { dialogId, log, ids, items } = await filled(own, 11);
  await log.remove(dialogId, 1n, 6n);
  await log.remove(dialogId, 1n, 6n);
  const seqs = async () => (await log.range(dialogId, 1n, 20n)).map(({ seq }) => seq);
  expect(await seqs()).toEqual([7n, 8n, 9n, 10n, 11n]);
  expect((await log.find(ids)).map(({ seq }) => seq).toSorted((a, b) => Number(a - b))).toEqual(await seqs());
  expect(await log.versionFrom(dialogId, 1n, 6n)).toBeUndefined();
  expect(await log.versionFrom(dialogId, 1n, 20n)).toBe(7n);
  // In a full bucket that is gone, in one that is half gone, and in one that is whole.
  const repeats = await logOver(own).append(dialogId, 11n, [items[1]!, items[5]!, items[7]!]);
  expect(repeats).toMatchObject([
    { outcome: 'appended', seq: 12n },
    { outcome: 'appended', seq: 13n },
    { outcome: 'stored', seq: 8n },
  ]);
});

test('a bucket that is emptied cannot be begun again, not even by a process that slept since before it was', async () => {
  await using own = await session();
  const { dialogId, log, items } = await filled(own, 3);
  const sleeper = logOver(own);
  const next = (clientId: string) => ({ message: message(dialogId, items[0]!.message.senderId, clientId, 'later') });
  await sleeper.append(dialogId, 3n, [next('a')]);
  await log.append(dialogId, 4n, [next('b'), next('c')]);
  await log.remove(dialogId, 1n, 6n);
  expect(await left(own, 'client_keys', dialogId)).toEqual([]);
  expect(await sleeper.append(dialogId, 3n, [next('d')])).toMatchObject([{ outcome: 'appended', seq: 7n }]);
  expect(await logOver(own).append(dialogId, 0n, [next('e')])).toMatchObject([{ outcome: 'appended', seq: 8n }]);
});

test('removing while others append and remove takes only what it was told to, over lost requests and answers', async () => {
  await using own = await session();
  const { dialogId, log, items } = await filled(own, 40);
  const sender = items[0]!.message.senderId;
  const lossy = logOver(withFaults(own, ['before', 'after', 'none', 'after', 'before', 'none', 'after']));
  const stubbornly = async (work: () => Promise<void>): Promise<void> => {
    for (let tries = 1; ; tries += 1) {
      const failed = await work().then(
        () => false,
        () => true,
      );
      if (!failed) return;
      expect(tries).toBeLessThan(20);
    }
  };
  await Promise.all([
    stubbornly(() => lossy.remove(dialogId, 1n, 30n)),
    stubbornly(() => log.remove(dialogId, 11n, 38n)),
    (async () => {
      for (let nth = 1; nth <= 12; nth += 1) {
        await log.append(dialogId, 40n, [{ message: message(dialogId, sender, `n${nth}`, 'new') }]);
      }
    })(),
  ]);
  const seqs = (await log.range(dialogId, 1n, 100n)).map(({ seq }) => Number(seq));
  expect(seqs).toEqual([39, 40, ...Array.from({ length: 12 }, (_, nth) => 41 + nth)]);
});

test('nothing is left of a dialog that is forgotten, also of what the database never heard of', async () => {
  await using own = await session();
  const { dialogId, log, ids } = await filled(own, 14);
  await log.remove(dialogId, 1n, 12n);
  await log.forget(dialogId, 12n);
  await log.forget(dialogId, 12n);
  for (const table of TABLES) expect(await left(own, table, dialogId), table).toEqual([]);
  expect((await log.find(ids)).length).toBeLessThan(3);
});
