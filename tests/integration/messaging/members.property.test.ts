import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Member } from '#services/messaging/service.ts';
import { AppError } from '#shared/errors.ts';
import { statement } from '#shared/sql.ts';
import { freshDatabase } from '#tests/harness/database.ts';
import { World } from './world.ts';

const PEOPLE = 6;
const REFUSALS = new Set(['FORBIDDEN', 'NOT_FOUND', 'CONFLICT']);

const STATE = statement(
  'test.members-state',
  `SELECT dialogs.participant_count, dialogs.last_seq::int, dialogs.version::int, dialogs.deleted_at IS NOT NULL AS deleted,
          (SELECT count(*)::int FROM messaging.participants WHERE participants.dialog_id = dialogs.id) AS members,
          (SELECT count(*)::int FROM messaging.participants
           WHERE participants.dialog_id = dialogs.id AND participants.role = 'owner') AS owners,
          (SELECT array_agg(messages.seq::int ORDER BY messages.seq) FROM messaging.messages
           WHERE messages.dialog_id = dialogs.id) AS seqs,
          (SELECT bool_and(participants.own_after_read = (
             SELECT count(*) FROM messaging.messages WHERE messages.dialog_id = dialogs.id
               AND messages.sender_id = participants.user_id AND messages.seq > participants.read_seq))
           FROM messaging.participants WHERE participants.dialog_id = dialogs.id) AS own_right
   FROM messaging.dialogs WHERE dialogs.id = $1`,
);

type State = {
  readonly participant_count: number;
  readonly last_seq: number;
  readonly version: number;
  readonly deleted: boolean;
  readonly members: number;
  readonly owners: number;
  readonly seqs: readonly number[] | null;
  readonly own_right: boolean | null;
};

const steps = fc.record({
  process: fc.nat(1),
  verb: fc.constantFrom('join', 'leave', 'add', 'remove', 'promote', 'demote', 'hand over', 'say', 'read'),
  actor: fc.nat(PEOPLE - 1),
  target: fc.nat(PEOPLE - 1),
});
type Step = typeof steps extends fc.Arbitrary<infer Value> ? Value : never;

async function take(world: World, dialogId: Awaited<ReturnType<World['group']>>['id'], people: Member[], step: Step) {
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
        const { participant_count: count, members, deleted, owners, seqs, last_seq: last, own_right: own } = state!;
        expect({ count, deleted, owners }).toEqual({ count: members, deleted: members === 0, owners: deleted ? 0 : 1 });
        expect(seqs).toEqual(Array.from({ length: last }, (_, at) => at + 1));
        expect(state!.version).toBe(last);
        if (!deleted) expect(own).toBe(true);
      }
    }),
    { numRuns: 25 },
  );
});
