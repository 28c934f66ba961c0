import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SyncedDialog } from '#shared/contracts/messaging/sync.ts';
import type { DialogId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { freshDatabase } from '#tests/harness/database.ts';
import type { Member } from '#services/messaging/service.ts';
import { World } from './world.ts';

const shape = ({ changes, has_more: more, reset, version }: SyncedDialog) => ({
  changes: changes.map(({ type, version, message }) => [type, version, message.content]),
  more,
  reset,
  version,
});

/** Edits the message with a seq, or without content deletes it. */
async function changeAt(world: World, sender: Member, dialogId: DialogId, seq: number, content: string | undefined) {
  const { messages } = await world.messaging.history(sender, dialogId, { after: seq - 1, limit: 1 });
  const { id } = messages[0]!;
  if (content === undefined) return await world.messaging.deleteMessage(sender, id);
  return await world.messaging.editMessage(sender, id, content);
}

test('a dialog that one is not in, or that does not exist, is in left and nothing of it is told', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben, eve] = world.people(3);
  const foreign = await world.direct(ann!, ben!);
  await world.say(ann!, foreign.id, 'psst');
  const absent = newId<DialogId>('TH');
  const reply = await world.messaging.sync(eve!.userId, {
    dialogs: [foreign.id, absent].map((id) => ({ dialog_id: id, after_version: 0 })),
    limit: 100,
  });
  expect(reply).toEqual({ dialogs: [], joined: [], joined_has_more: false, left: [foreign.id, absent] });
});

test('a version that was never given out gets reset', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben] = world.people(2);
  const dialog = await world.direct(ann!, ben!);
  await world.count(ann!, dialog.id, 3);
  const { dialogs } = await world.messaging.sync(ben!.userId, {
    dialogs: [{ dialog_id: dialog.id, after_version: 4 }],
    limit: 100,
  });
  expect(dialogs.map(shape)).toEqual([{ changes: [], more: false, reset: true, version: 3 }]);
});

test('dialogs that the client did not name are joined, whole', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben, eve] = world.people(3);
  const known = await world.direct(ann!, ben!);
  const unknown = await world.direct(eve!, ann!);
  await world.say(eve!, unknown.id, 'hello');
  const { joined, left, dialogs } = await world.messaging.sync(ann!.userId, {
    dialogs: [{ dialog_id: known.id, after_version: 0 }],
    limit: 100,
  });
  expect(joined).toEqual([await world.messaging.getDialog(ann!, unknown.id)]);
  expect([left, dialogs.map((dialog) => dialog.dialog_id)]).toEqual([[], [known.id]]);
});

test('more dialogs than fit into joined are announced by joined_has_more', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ...others] = world.people(102);
  for (const other of others) await world.direct(other, ann!);
  const { joined, joined_has_more: more } = await world.messaging.sync(ann!.userId, { dialogs: [], limit: 1 });
  expect([joined.length, more]).toEqual([100, true]);
});

test('receipts come along', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben] = world.people(2);
  const dialog = await world.direct(ann!, ben!);
  await world.count(ann!, dialog.id, 3);
  await world.messaging.advanceReceipt(ben!.userId, dialog.id, { delivered_seq: 3, read_seq: 2 });
  const { dialogs } = await world.messaging.sync(ann!.userId, {
    dialogs: [{ dialog_id: dialog.id, after_version: 3 }],
    limit: 100,
  });
  const receipts = dialogs[0]?.receipts.toSorted((a, b) => b.read_seq - a.read_seq);
  expect(receipts).toEqual([
    { user_id: ben!.userId, delivered_seq: 3, read_seq: 2 },
    { user_id: ann!.userId, delivered_seq: 0, read_seq: 0 },
  ]);
});

test('each changed message comes once, in its latest state, ascending in version', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben] = world.people(2);
  const dialog = await world.direct(ann!, ben!);
  await world.count(ann!, dialog.id, 4);
  await changeAt(world, ann!, dialog.id, 2, 'two');
  await changeAt(world, ann!, dialog.id, 1, undefined);
  await world.say(ann!, dialog.id, '5');
  await changeAt(world, ann!, dialog.id, 2, 'zwei');
  const from = async (after: number, limit = 100) => {
    const known = [{ dialog_id: dialog.id, after_version: after }];
    const { dialogs } = await world.messaging.sync(ben!.userId, { dialogs: known, limit });
    return shape(dialogs[0]!);
  };
  const rest = [
    ['message:deleted', 6, null],
    ['message:new', 7, '5'],
    ['message:updated', 8, 'zwei'],
  ];
  expect(await from(0)).toEqual({
    changes: [['message:new', 3, '3'], ['message:new', 4, '4'], ...rest],
    more: false,
    reset: false,
    version: 8,
  });
  expect((await from(4)).changes).toEqual(rest);
  expect(await from(4, 2)).toMatchObject({ changes: rest.slice(0, 2), more: true });
  expect((await from(8)).changes).toEqual([]);
});

test('a client that syncs at random times, with random limits, ends with what the store holds', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const step = fc.oneof(
    fc.record({ do: fc.constant('say' as const), count: fc.integer({ min: 1, max: 12 }) }),
    fc.record({
      do: fc.constantFrom('edit' as const, 'delete' as const),
      at: fc.nat(40),
      to: fc.string({ minLength: 1 }),
    }),
    fc.record({ do: fc.constant('sync' as const), limit: fc.integer({ min: 1, max: 5 }) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20, size: 'max' }), async (steps) => {
      const [one, other] = [world.person(), world.person()];
      const dialog = await world.direct(one, other);
      const mine = new Map<number, object>();
      let version = 0;
      let said = 0;

      async function sync(limit: number): Promise<boolean> {
        const known = [{ dialog_id: dialog.id, after_version: version }];
        const [synced] = (await world.messaging.sync(other.userId, { dialogs: known, limit })).dialogs;
        for (const change of synced!.changes) {
          expect(change.version).toBeGreaterThan(version);
          mine.set(change.message.seq, change.message);
          version = change.version;
        }
        if (!synced!.has_more) version = synced!.version;
        return synced!.has_more;
      }

      for (const next of steps) {
        if (next.do === 'say') {
          await world.count(one, dialog.id, next.count);
          said += next.count;
        } else if (next.do === 'sync') await sync(next.limit);
        else if (said > 0) {
          const content = next.do === 'edit' ? `_${next.to}` : undefined;
          // What was deleted is edited no more.
          await changeAt(world, one, dialog.id, 1 + (next.at % said), content).catch((error: unknown) =>
            expect(error).toMatchObject({ code: 'CONFLICT' }),
          );
        }
      }
      while (await sync(5));
      const { messages } = await world.messaging.history(other, dialog.id, { limit: 300 });
      expect([...mine.entries()].toSorted(([a], [b]) => a - b).map(([, message]) => message)).toEqual(messages);
      expect(messages).toHaveLength(said);
    }),
    { numRuns: 15 },
  );
});

test('when very many dialogs changed each gets a share, and going on completes all of them', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const ann = world.person();
  const dialogs = await Promise.all(Array.from({ length: 12 }, () => world.direct(world.person(), ann)));
  await Promise.all(dialogs.flatMap(({ id }) => Array.from({ length: 320 }, (_, n) => world.say(ann, id, String(n)))));
  const after = new Map(dialogs.map(({ id }) => [id, 0]));
  const heard = new Map(dialogs.map(({ id }) => [id, [] as number[]]));
  let calls = 0;
  for (let more = true; more; calls += 1) {
    const known = Array.from(after, ([id, version]) => ({ dialog_id: id, after_version: version }));
    const reply = await world.messaging.sync(ann.userId, { dialogs: known, limit: 300 });
    expect(reply.dialogs.reduce((sum, { changes }) => sum + changes.length, 0)).toBeLessThanOrEqual(3_000);
    more = reply.dialogs.some((dialog) => dialog.has_more);
    for (const { dialog_id: id, changes } of reply.dialogs) {
      heard.get(id)?.push(...changes.map(({ version }) => version));
      after.set(id, changes.at(-1)?.version ?? after.get(id)!);
    }
  }
  expect(calls).toBeGreaterThan(1);
  for (const versions of heard.values()) expect(versions).toEqual(Array.from({ length: 320 }, (_, n) => n + 1));
});
