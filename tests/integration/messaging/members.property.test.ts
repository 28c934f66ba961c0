import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Member } from '#services/messaging/service.ts';
import { AppError } from '#shared/errors.ts';
import type { DialogId, UserId } from '#shared/ids.ts';
import { statement } from '#shared/sql.ts';
import { freshDatabase } from '#tests/harness/database.ts';
import { World } from './world.ts';

const PEOPLE = 6;
const REFUSALS = new Set(['FORBIDDEN', 'NOT_FOUND', 'CONFLICT']);

/** Beyond what a run says. */
const MESSAGES_MAX = 1_000;

const STATE = statement(
  'test.members-state',
  `SELECT dialogs.participant_count, dialogs.deleted_at IS NOT NULL AS deleted,
          (SELECT coalesce(array_agg(participants.user_id::text), '{}') FROM messaging.participants
           WHERE participants.dialog_id = dialogs.id) AS members,
          (SELECT count(*)::int FROM messaging.participants
           WHERE participants.dialog_id = dialogs.id AND participants.role = 'owner') AS owners
   FROM messaging.dialogs WHERE dialogs.id = $1`,
);

type State = {
  readonly participant_count: number;
  readonly deleted: boolean;
  readonly members: readonly UserId[];
  readonly owners: number;
};

/** What each member sees: one dense history, and as unread what others said after their cursor. */
async function expectRightFor(world: World, dialogId: DialogId, members: readonly UserId[]): Promise<void> {
  for (const userId of members) {
    const member = { userId, country: 'TH' } as const;
    const { messages } = await world.messaging.history(member, dialogId, { limit: MESSAGES_MAX });
    expect(messages.map(({ seq, version }) => [seq, version])).toEqual(messages.map((_, at) => [at + 1, at + 1]));
    const dialog = await world.messaging.getDialog(member, dialogId);
    expect([dialog.last_seq, dialog.version]).toEqual([messages.length, messages.length]);
    const known = [{ dialog_id: dialogId, after_version: dialog.version }];
    const { dialogs } = await world.messaging.sync(userId, { dialogs: known, limit: 1 });
    const { read_seq: read } = dialogs[0]!.receipts.find((receipt) => receipt.user_id === userId)!;
    const unread = messages.filter(({ seq, sender_id: by }) => seq > read && by !== userId);
    expect(dialog.unread_count).toBe(unread.length);
  }
}

const steps = fc.record({
  process: fc.nat(1),
  verb: fc.constantFrom('join', 'leave', 'add', 'remove', 'promote', 'demote', 'hand over', 'say', 'read'),
  actor: fc.nat(PEOPLE - 1),
  target: fc.nat(PEOPLE - 1),
});
type Step = typeof steps extends fc.Arbitrary<infer Value> ? Value : never;

async function take(world: World, dialogId: DialogId, people: Member[], step: Step) {
  const { messaging } = world;
  const [actor, target] = [people[step.actor]!, people[step.target]!];
  const named = { user_ids: [target.userId] };
  switch (step.verb) {
    case 'join':
      return await messaging.joinDialog(actor, dialogId);
    case 'leave':
      return await messaging.leaveDialog(actor, dialogId);
    case 'add':
      return await messaging.addParticipants(actor, dialogId, { ...named, role: 'member' });
    case 'remove':
      return await messaging.removeParticipants(actor, dialogId, named.user_ids);
    case 'promote':
      return await messaging.changeRoles(actor, dialogId, { ...named, role: 'admin' });
    case 'demote':
      return await messaging.changeRoles(actor, dialogId, { ...named, role: 'member' });
    case 'hand over':
      return await messaging.changeRoles(actor, dialogId, { ...named, role: 'owner' });
    case 'say':
      return await world.say(actor, dialogId, 'hello');
    case 'read':
      return await messaging.advanceReceipt(actor.userId, dialogId, { read_seq: 1_000 });
    default:
      throw new Error(`no such verb: ${String(step.verb)}`);
  }
}

test('however people come, go, rise, fall, talk and read at once, counts are right and there is one owner', async () => {
  await using db = await freshDatabase();
  const here = new World(db.databases);
  const there = new World(db.databases, here);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(steps, { minLength: 1, maxLength: 8 }), { maxLength: 6 }), async (bursts) => {
      const people = here.people(PEOPLE);
      const { id } = await here.group(people[0]!, people[1]!, people[2]!);
      await here.messaging.editDialog(people[0]!, id, { settings: { is_public: true } });
      for (const burst of bursts) {
        const answers = await Promise.allSettled(
          burst.map((step) => take(step.process === 0 ? here : there, id, people, step)),
        );
        for (const answer of answers) {
          if (answer.status === 'fulfilled') continue;
          if (!(answer.reason instanceof AppError && REFUSALS.has(answer.reason.code))) throw answer.reason;
        }
        const [state] = await db.database.rows<State>(STATE, [id]);
        const { participant_count: count, members, deleted, owners } = state!;
        const isOver = members.length === 0;
        expect({ count, deleted, owners }).toEqual({
          count: members.length,
          deleted: isOver,
          owners: isOver ? 0 : 1,
        });
        await expectRightFor(here, id, members);
      }
    }),
    { numRuns: 25 },
  );
});
