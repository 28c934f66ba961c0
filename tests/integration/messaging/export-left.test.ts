import { expect, test } from 'vitest';
import type { Member } from '#services/messaging/service.ts';
import { makeMessagingUpkeep } from '#services/messaging/upkeep.ts';
import { statement } from '#shared/sql.ts';
import { DAY } from '#shared/time.ts';
import type { PurgePlace } from '#shared/workflows/messaging.ts';
import { type FreshDatabase, freshDatabase } from '#tests/harness/database.ts';
import { World } from './world.ts';

const DELETED_DIALOG_DAYS = 30;

/** A world, what a person's export holds of messages, and the purge at a time that the test sets. */
function stage(db: FreshDatabase) {
  const world = new World(db.databases);
  const [ann, ben, max] = world.people(3) as [Member, Member, Member];
  let ahead = 0;
  const upkeep = makeMessagingUpkeep({
    databases: db.databases,
    outbox: db.outbox,
    keyManagement: world.keyManagement,
    messageStore: world.messageStore,
    clock: () => new Date(Date.now() + ahead),
    deletedDialogMs: DELETED_DIALOG_DAYS * DAY,
    systemMessageMs: 90 * DAY,
  });
  return {
    world,
    messaging: world.messaging,
    ann,
    ben,
    max,
    exportedOf: async (who: Member): Promise<string[]> => {
      const contents: string[] = [];
      for await (const page of upkeep.exportMessages(who.userId)) {
        contents.push(...page.map(({ content }) => content ?? ''));
      }
      return contents.toSorted();
    },
    purge: async (daysAhead: number): Promise<void> => {
      ahead = daysAhead * DAY;
      for (let place: PurgePlace | undefined; ;) {
        const { next } = await upkeep.purgeMessages(place);
        if (next === undefined) return;
        place = next;
      }
    },
  };
}

test('who only read a channel leaves no trace of it', async () => {
  await using db = await freshDatabase();
  const { messaging, ann, ben } = stage(db);
  const { dialog: channel } = await messaging.openDialog(ann, {
    type: 'channel',
    name: 'News',
    participant_ids: [ben.userId],
  });
  await messaging.leaveDialog(ben, channel.id);
  await messaging.deleteDialog(ann, channel.id);
  const past = statement('', 'SELECT past_dialogs.user_id FROM messaging.past_dialogs');
  expect(await db.database.rows(past)).toEqual([{ user_id: ann.userId }]);
});

test('an export holds what a person said in dialogs that they are in no longer, until those are purged', async () => {
  await using db = await freshDatabase();
  const { world, messaging, ann, ben, max, exportedOf, purge } = stage(db);
  const left = await world.group(ben, ann, max);
  await world.say(ann, left.id, 'left');
  await world.say(ben, left.id, 'not hers');
  await messaging.leaveDialog(ann, left.id);
  await world.say(ben, left.id, 'after her');
  const removed = await world.group(ben, ann, max);
  await world.say(ann, removed.id, 'removed');
  await messaging.removeParticipants(ben, removed.id, [ann.userId]);
  await messaging.addParticipants(ben, removed.id, { user_ids: [ann.userId], role: 'member' });
  await world.say(ann, removed.id, 'and back');
  const deleted = await world.group(ann, ben, max);
  await world.say(ann, deleted.id, 'deleted');
  await messaging.deleteDialog(ann, deleted.id);
  const { dialog: channel } = await messaging.openDialog(ben, { type: 'channel', name: 'News', participant_ids: [] });
  await messaging.addParticipants(ben, channel.id, { user_ids: [max.userId], role: 'member' });
  await messaging.addParticipants(ben, channel.id, { user_ids: [ann.userId], role: 'admin' });
  await world.say(ann, channel.id, 'once an admin');
  await messaging.changeRoles(ben, channel.id, { user_ids: [ann.userId], role: 'member' });
  await messaging.leaveDialog(ann, channel.id);
  expect(await exportedOf(ann)).toEqual(['and back', 'deleted', 'left', 'once an admin', 'removed']);
  expect(await exportedOf(max)).toEqual([]);

  await purge(DELETED_DIALOG_DAYS + 1);
  expect(await exportedOf(ann)).toEqual(['and back', 'left', 'once an admin', 'removed']);
});
