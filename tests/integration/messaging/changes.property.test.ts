import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DialogLog } from '#client/dialog-log.ts';
import type { MessageChange, WireMessage } from '#shared/contracts/messaging/message.ts';
import type { SyncChange } from '#shared/contracts/messaging/sync.ts';
import type { MessageId } from '#shared/ids.ts';
import { freshDatabase } from '#tests/harness/database.ts';
import { World } from './world.ts';

const MEMBERS = 4;
const EMOJI = ['👍', '❤️', '🎉'] as const;

/** What one of the members does, on one of the two processes, to one of the messages that are there by then. */
const step = fc.record({
  kind: fc.constantFrom('say', 'say', 'edit', 'delete', 'react', 'react', 'unreact'),
  who: fc.nat(MEMBERS - 1),
  process: fc.nat(1),
  message: fc.nat(),
  emoji: fc.constantFrom(...EMOJI),
});
/** Each turn's steps are taken at once. */
const story = fc.array(fc.array(step, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 8 });
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** A client's copy of a dialog, fed with changes in any order by way of a log. */
function makeCopy() {
  const log = new DialogLog(0);
  const messages = new Map<MessageId, WireMessage>();
  const take = (changes: readonly Pick<SyncChange, 'message'>[]): void => {
    for (const { message } of changes) messages.set(message.id, message);
  };
  return { log, messages, take };
}

const shown = ({ id, seq, content, reactions, edited_at: edited, deleted_at: deleted }: WireMessage) => ({
  id,
  seq,
  content,
  isEdited: edited !== null,
  isDeleted: deleted !== null,
  reactions: reactions.flatMap(({ emoji, user_ids: ids }) => ids.map((id) => `${emoji} ${id}`)).toSorted(),
  counts: reactions.map(({ count, user_ids: ids }) => count - ids.length),
});

test(
  'whatever happens at once in two processes, versions are dense, who stayed and who was away end alike, as a model says',
  { timeout: 120_000 },
  async () => {
    await using db = await freshDatabase();
    await fc.assert(
      fc.asyncProperty(story, async (turns) => {
        const first = new World(db.databases);
        const worlds = [first, new World(db.databases, first)];
        const people = first.people(MEMBERS);
        const dialog = await first.group(people[0]!, ...people.slice(1));
        const known: { id: MessageId; by: number }[] = [];
        // By message: who reacted with what, kept by one member and emoji so that turns cannot race about it.
        const model = new Map<MessageId, { contents: Set<string>; isDeleted: boolean; reactions: Set<string> }>();
        const away = makeCopy();
        let said = 0;

        const take = async ({ kind, who, process, message, emoji }: Step, done: Step[]): Promise<void> => {
          const { messaging } = worlds[process]!;
          const person = people[who]!;
          said += 1;
          const content = `words ${said}`;
          if (kind === 'say' || known.length === 0) {
            const sent = await worlds[process]!.say(person, dialog.id, content);
            known.push({ id: sent.message.id, by: who });
            model.set(sent.message.id, { contents: new Set([content]), isDeleted: false, reactions: new Set() });
            return;
          }
          const target = known[message % known.length]!;
          // Two steps of one turn may not decide about the same reaction, for the model could not tell which came last.
          const same = (other: Step) =>
            other.who === who && other.emoji === emoji && known[other.message % known.length] === target;
          if (kind.endsWith('react') && done.some((other) => other.kind.endsWith('react') && same(other))) return;
          done.push({ kind, who, process, message, emoji });
          const truth = model.get(target.id)!;
          const author = people[target.by]!;
          const refused = (error: unknown) => {
            expect(error).toMatchObject({ code: 'CONFLICT' });
            return undefined;
          };
          if (kind === 'edit') {
            const edited = await messaging.editMessage(author, target.id, content).catch(refused);
            if (edited !== undefined) truth.contents.add(content);
          } else if (kind === 'delete') {
            await messaging.deleteMessage(author, target.id);
            truth.isDeleted = true;
          } else if (kind === 'react') {
            const reacted = await messaging.addReaction(person, target.id, emoji).catch(refused);
            if (reacted !== undefined) truth.reactions.add(`${emoji} ${person.userId}`);
          } else {
            await messaging.removeReaction(person, target.id, emoji);
            truth.reactions.delete(`${emoji} ${person.userId}`);
          }
        };

        const catchUp = async (limit: number): Promise<void> => {
          for (let more = true; more;) {
            const reply = await first.messaging.sync(people[1]!.userId, {
              dialogs: [{ dialog_id: dialog.id, after_version: away.log.version }],
              limit,
            });
            const page = reply.dialogs[0]!;
            away.take(away.log.synced(page));
            more = page.has_more;
          }
        };

        for (const [at, turn] of turns.entries()) {
          const done: Step[] = [];
          const count = known.length;
          // The target of each step is chosen among the messages that were there before the turn.
          await Promise.all(turn.map((one) => take({ ...one, message: count === 0 ? 0 : one.message % count }, done)));
          if (at % 3 === 1) await catchUp(2);
        }
        await catchUp(3);

        const live = worlds
          .flatMap(({ announced }) => announced)
          .filter(({ event }) => event === 'message' || event === 'change')
          .map(({ what }) => what as MessageChange);
        const versions = live.map(({ version }) => version).sort((a, b) => a - b);
        expect(versions).toEqual(Array.from(versions, (_, at) => at + 1));

        const stayed = makeCopy();
        for (const change of live) {
          expect(change.message.version).toBe(change.version);
          stayed.take(stayed.log.live({ type: 'message:updated', ...change }));
        }
        expect(stayed.log.hasGap).toBe(false);

        const { messages } = await first.messaging.history(people[2]!, dialog.id, { limit: 100 });
        const truth = messages.map(shown);
        const ordered = (copy: ReadonlyMap<MessageId, WireMessage>) =>
          [...copy.values()].sort((a, b) => a.seq - b.seq).map(shown);
        expect(ordered(stayed.messages)).toEqual(truth);
        expect(ordered(away.messages)).toEqual(truth);
        expect([stayed.log.version, away.log.version]).toEqual([versions.length, versions.length]);

        expect(truth.map(({ seq }) => seq)).toEqual(Array.from(truth, (_, at) => at + 1));
        for (const { id, content, isDeleted, reactions, counts } of truth) {
          const expected = model.get(id)!;
          expect(isDeleted).toBe(expected.isDeleted);
          if (isDeleted) expect([content, reactions]).toEqual([null, []]);
          else {
            expect(expected.contents).toContain(content);
            expect(new Set(reactions)).toEqual(expected.reactions);
            expect(counts).toEqual(counts.map(() => 0));
          }
        }
      }),
      { numRuns: 40 },
    );
  },
);
