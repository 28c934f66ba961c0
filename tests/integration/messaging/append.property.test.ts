import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Member } from '#services/messaging/service.ts';
import type { WireMessage } from '#shared/contracts/messaging/message.ts';
import { AppError } from '#shared/errors.ts';
import type { DialogId } from '#shared/ids.ts';
import { firstRow, statement } from '#shared/sql.ts';
import { openDatabases } from '#infrastructure/postgres/databases.ts';
import { type FreshDatabase, freshDatabase } from '#tests/harness/database.ts';
import { type Fault, FaultyDatabases } from './faulty-databases.ts';
import { World } from './world.ts';

/** How often a client repeats a message whose outcome it does not know. */
const SENDS_MAX = 30;
const DIALOGS = 3;

const HEAD = statement('test.head', 'SELECT last_seq, version FROM messaging.dialogs WHERE id = $1');
const EVENTS = statement(
  'test.events-of',
  `SELECT outbox.data FROM events.outbox
   WHERE outbox.type = 'messaging.messages_appended' AND outbox.aggregate_id = $1 ORDER BY outbox.position`,
);

/** One send. The few senders, keys and texts make repeats, conflicts and strangers frequent. */
const sends = fc.record({
  process: fc.nat(1),
  dialog: fc.nat(DIALOGS - 1),
  /** 0 and 1 are members, 2 is a stranger. */
  sender: fc.nat(2),
  clientId: fc.nat(8),
  text: fc.constantFrom('yes', 'no'),
  /** Milliseconds before it is sent, so that some meet in one batch and some in the next. */
  wait: fc.nat(25),
});
type Send = typeof sends extends fc.Arbitrary<infer Value> ? Value : never;
type Answer = WireMessage | 'CONFLICT' | 'NOT_FOUND';

const faults = fc.array(
  fc.oneof(
    { weight: 2, arbitrary: fc.constant<Fault>('none') },
    { weight: 1, arbitrary: fc.constantFrom<Fault>('before', 'after') },
  ),
  { maxLength: 40, size: 'max' },
);

/** Sends until the outcome is known, as a client does. */
async function persist(world: World, sender: Member, dialogId: DialogId, send: Send): Promise<Answer> {
  await sleep(send.wait);
  for (let tries = 1; ; tries += 1) {
    try {
      return (await world.say(sender, dialogId, send.text, `c${send.clientId}`)).message;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error.code === 'CONFLICT' || error.code === 'NOT_FOUND') return error.code;
      if (error.code !== 'UPSTREAM_UNAVAILABLE' || tries === SENDS_MAX) throw error;
    }
  }
}

async function history(world: World, reader: Member, dialogId: DialogId): Promise<WireMessage[]> {
  const all: WireMessage[] = [];
  for (let more = true; more;) {
    const page = await world.messaging.history(reader, dialogId, { after: all.length, limit: 100 });
    all.push(...page.messages);
    more = page.has_more;
  }
  return all;
}

async function check(db: FreshDatabase, world: World, dialogId: DialogId, reader: Member, answers: Map<Send, Answer>) {
  const stored = await history(world, reader, dialogId);
  const numbers = stored.map((_, at) => at + 1);
  // Dense, in one order, and each change took one version.
  expect(stored.map(({ seq }) => seq)).toEqual(numbers);
  expect(stored.map(({ version }) => version)).toEqual(numbers);
  expect(await firstRow(db.database, HEAD, [dialogId])).toEqual({
    last_seq: BigInt(stored.length),
    version: BigInt(stored.length),
  });
  // Each sender's key made one message.
  expect(new Set(stored.map(({ sender_id: id, client_id: key }) => id + key)).size).toBe(stored.length);
  // What was acknowledged is there as it was acknowledged, and nothing else is.
  const byId = new Map(stored.map((message) => [message.id, message]));
  for (const [send, answer] of answers) {
    if (typeof answer === 'string') continue;
    expect(byId.get(answer.id)).toEqual(answer);
    expect([answer.content, answer.client_id]).toEqual([send.text, `c${send.clientId}`]);
  }
  const acknowledged = new Set(
    [...answers.values()].flatMap((answer) => (typeof answer === 'string' ? [] : answer.id)),
  );
  expect(acknowledged).toEqual(new Set(byId.keys()));
  // The events tell of each message once.
  const events = await db.database.rows<{ data: { from_seq: number; to_seq: number } }>(EVENTS, [dialogId]);
  const told = events.flatMap(({ data }) =>
    Array.from({ length: data.to_seq - data.from_seq + 1 }, (_, n) => data.from_seq + n),
  );
  expect(told).toEqual(numbers);
}

test('whatever is sent at once, repeated and cut off, over two processes: dense, once, and just what was acknowledged', async () => {
  await using db = await freshDatabase();
  await using otherPool = openDatabases(
    { DATABASE_URL: db.url, DATABASE_POOL_MAX: 4, REGION_DATABASE_URLS: [] },
    'test-other',
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(sends, { minLength: 1, maxLength: 150, size: 'max' }),
      faults,
      faults,
      async (program, here, there) => {
        const calm = new World(db.databases);
        const stores = [new FaultyDatabases(db.databases, here), new FaultyDatabases(otherPool, there)];
        const processes = stores.map((store) => new World(store, calm));
        const people = [calm.person(), calm.person(), calm.person()];
        const dialogs = await Promise.all(
          Array.from({ length: DIALOGS }, () => calm.group(people[0]!, people[1]!, calm.person())),
        );
        const answers = new Map(
          await Promise.all(
            program.map(async (send): Promise<[Send, Answer]> => {
              const world = processes[send.process]!;
              return [send, await persist(world, people[send.sender]!, dialogs[send.dialog]!.id, send)];
            }),
          ),
        );
        // What the store itself refused: a lock, a check or a plan of ours would have been wrong.
        expect(stores.flatMap((store) => store.failures)).toEqual([]);
        for (const [send, answer] of answers) expect(answer === 'NOT_FOUND').toBe(send.sender === 2);
        for (const [at, { id }] of dialogs.entries()) {
          const own = new Map([...answers].filter(([send]) => send.dialog === at));
          await check(db, calm, id, people[0]!, own);
        }
      },
    ),
    { numRuns: 12 },
  );
}, 120_000);
