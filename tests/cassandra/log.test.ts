import { inject, expect, test } from 'vitest';
import { makeCassandraLog } from '#infrastructure/message-store/cassandra/cassandra-log.ts';
import type { Session } from '#infrastructure/message-store/cassandra/session.ts';
import { openSession } from '#infrastructure/message-store/cassandra/session.ts';
import { AppError } from '#shared/errors.ts';
import type { DialogId, MessageId, UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { TEST_LAYOUT } from '#tests/harness/message-store.ts';
import { DATACENTER, openThrowawayCassandra } from '#tests/harness/throwaway-cassandra.ts';
import { withFaults } from '#tests/integration/messaging/faulty-session.ts';
import { message } from '#tests/integration/messaging/store-bench.ts';

const LAYOUT = { ...TEST_LAYOUT, bucketSeqs: 4 };

function logOver(session: Session, now = () => new Date()) {
  return makeCassandraLog({ session, layout: LAYOUT, now });
}

function stage() {
  const [dialogId, sender] = [newId<DialogId>('TH'), newId<UserId>('TH')];
  let said = 0;
  const say = () => {
    said += 1;
    return { message: message(dialogId, sender, `c${said}`, `m${said}`) };
  };
  return { dialogId, sender, say };
}

const session = () => openSession({ contactPoints: [inject('cassandra')], localDatacenter: DATACENTER });

test('a dialog that ends below what is known of it is not gone on with: its seqs would be given out twice', async () => {
  await using own = await session();
  const { dialogId, say } = stage();
  const log = logOver(own);
  await log.append(dialogId, 0n, [say(), say()]);
  for (const known of [3n, 9n]) {
    await expect(logOver(own).append(dialogId, known, [say()])).rejects.toThrow('has lost messages');
  }
  expect(await logOver(own).append(dialogId, 2n, [say()])).toMatchObject([{ outcome: 'appended', seq: 3n }]);
});

test('a batch that was applied while its answer was lost is recognised, and not sent again', async () => {
  await using own = await session();
  const { dialogId, say } = stage();
  let decisions = 0;
  const counting: Session = {
    ...own,
    [Symbol.asyncDispose]: () => own[Symbol.asyncDispose](),
    decide: (statements) => {
      decisions += 1;
      return own.decide(statements);
    },
  };
  const lossy = logOver(withFaults(counting, ['after']));
  const stored = await lossy.append(dialogId, 0n, [say(), say()]);
  expect(stored).toMatchObject([
    { outcome: 'stored', seq: 1n },
    { outcome: 'stored', seq: 2n },
  ]);
  expect(decisions).toBe(1);
  expect(await seqsOf(lossy, dialogId)).toEqual([1n, 2n]);
});

test('an outcome that stays unknown fails the call, and a repeat tells it', async () => {
  await using own = await session();
  const { dialogId, say } = stage();
  const items = [say()];
  let isReadable = true;
  const lossy = withFaults(own, ['none', 'after']);
  const log = logOver({
    ...lossy,
    [Symbol.asyncDispose]: () => own[Symbol.asyncDispose](),
    rows: async (statement, consistency) => {
      if (!isReadable) throw new AppError('UPSTREAM_UNAVAILABLE');
      return await own.rows(statement, consistency);
    },
  });
  await log.append(dialogId, 0n, [say()]);
  isReadable = false;
  await expect(log.append(dialogId, 1n, items)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  isReadable = true;
  expect(await log.append(dialogId, 1n, items)).toMatchObject([{ outcome: 'stored', seq: 2n }]);
});

test('a node whose clock is behind does not date a message before the one that it follows', async () => {
  await using own = await session();
  const { dialogId, say } = stage();
  const noon = new Date('2026-01-01T12:00:00Z');
  const [first] = await logOver(own, () => noon).append(dialogId, 0n, [say()]);
  const [second] = await logOver(own, () => new Date('2026-01-01T11:55:00Z')).append(dialogId, 1n, [say()]);
  expect([first!.created_at, second!.created_at]).toEqual([noon, noon]);
});

test('versions that messages do not take are never given out twice, whichever node asks', async () => {
  await using own = await session();
  const { dialogId, say } = stage();
  const logs = [logOver(own), logOver(withFaults(own, ['none', 'after', 'before', 'after']))];
  const heads = await Promise.all(
    Array.from({ length: 12 }, (_, nth) => logs[nth % 2]!.takeVersions(dialogId, 0n, (nth % 3) + 1)),
  );
  const taken = heads.flatMap(({ version }, nth) =>
    Array.from({ length: (nth % 3) + 1 }, (_, back) => version - BigInt(back)),
  );
  expect(new Set(taken).size).toBe(taken.length);
  const [outcome] = await logs[0]!.append(dialogId, 0n, [say()]);
  expect(outcome!.version).toBeGreaterThan(taken.reduce((most, version) => (version > most ? version : most)));
});

/** It starts a server of its own, twice. */
const OWN_SERVER_TIMEOUT_MS = 300_000;

test(
  'what was acknowledged is there after the server was killed in the middle of appends',
  { timeout: OWN_SERVER_TIMEOUT_MS },
  async () => {
    await using cassandra = await openThrowawayCassandra(LAYOUT);
    await using own = await cassandra.session();
    const { dialogId, say } = stage();
    const log = logOver(own);
    const acknowledged = new Map<MessageId, bigint>();
    let killed = false;
    const writing = (async () => {
      while (!killed) {
        const items = [say(), say(), say()];
        const outcomes = await log.append(dialogId, 0n, items).catch(() => []);
        for (const [at, { seq }] of outcomes.entries()) acknowledged.set(items[at]!.message.id, seq!);
      }
    })();
    while (acknowledged.size < 60) await new Promise((resolve) => setTimeout(resolve, 20));
    const restarted = cassandra.killAndRestart();
    killed = true;
    await Promise.all([restarted, writing]);

    await using again = await cassandra.session();
    const rows = await logOver(again).range(dialogId, 1n, 10_000n);
    expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, nth) => BigInt(nth + 1)));
    const stored = new Map(rows.map(({ id, seq }) => [id, seq]));
    for (const [id, seq] of acknowledged) expect(stored.get(id)).toBe(seq);
    const [next] = await logOver(again).append(dialogId, BigInt(acknowledged.size), [say()]);
    expect(next).toMatchObject({ outcome: 'appended', seq: BigInt(rows.length + 1) });
  },
);

async function seqsOf(log: ReturnType<typeof logOver>, dialogId: DialogId): Promise<bigint[]> {
  return (await log.range(dialogId, 1n, 5n)).map(({ seq }) => seq);
}
