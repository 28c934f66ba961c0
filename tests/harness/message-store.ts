import { afterAll, beforeAll, inject } from 'vitest';
import { makeCassandraLog } from '#infrastructure/message-store/cassandra/cassandra-log.ts';
import { inTurns } from '#infrastructure/message-store/cassandra/in-turns.ts';
import { type Layout, MESSAGE, bucketOf, seqPlace } from '#infrastructure/message-store/cassandra/layout.ts';
import { type Session, openSession } from '#infrastructure/message-store/cassandra/session.ts';
import { makeLogMessages } from '#services/messaging/store/log/log-messages.ts';
import type { MessageStore } from '#services/messaging/store/message-store.ts';
import type { DialogId } from '#shared/ids.ts';
import { DAY } from '#shared/time.ts';
import { DATACENTER } from './throwaway-cassandra.ts';

/** Buckets so small that a test's longer dialogs have several. */
export const TEST_LAYOUT: Layout = { keyspace: 'tchat_test', bucketSeqs: 64 };

/** The session of this test file, while it runs in a project that keeps messages in Cassandra. */
let session: Session | undefined;

/** Opens the file's session with Cassandra; for the setup of a project that keeps messages there. */
export function useCassandra(): void {
  beforeAll(async () => {
    const address = inject('cassandra');
    session = await openSession({ contactPoints: [address], localDatacenter: DATACENTER });
  });
  afterAll(async () => {
    await session?.[Symbol.asyncDispose]();
    session = undefined;
  });
}

type Own = {
  /** What is between the process and Cassandra. */
  readonly through?: (session: Session) => Session;
  /** For dialogs that no other store of the test is asked for. */
  readonly bucketSeqs?: number;
};

/**
 * Where the project under test keeps messages: undefined for the databases. Each call answers the store of a process of
 * its own, which has yet to learn where dialogs end.
 */
export function messageStore({ through = (it) => it, bucketSeqs }: Own = {}): MessageStore | undefined {
  if (session === undefined) return undefined;
  const layout = { ...TEST_LAYOUT, ...(bucketSeqs !== undefined && { bucketSeqs }) };
  return makeLogMessages(makeCassandraLog({ session: through(session), layout, now: () => new Date() }));
}

const PLACE = `dialog_id = ? AND bucket = ? AND kind = ${MESSAGE} AND place = ?`;
const placeOf = (dialogId: DialogId, seq: bigint) => [dialogId, bucketOf(TEST_LAYOUT, seq), seqPlace(seq)];

/** Rewrites a column of a message from what another one has there, or the same. */
async function rewrite(
  column: 'created_at' | 'body',
  source: readonly unknown[],
  target: readonly unknown[],
  change: (value: unknown) => unknown,
): Promise<void> {
  const [row] = await session!.rows<Record<string, unknown>>({
    query: `SELECT ${column} FROM ${TEST_LAYOUT.keyspace}.log WHERE ${PLACE}`,
    params: source,
  });
  const query = `UPDATE ${TEST_LAYOUT.keyspace}.log SET ${column} = ? WHERE ${PLACE} IF EXISTS`;
  await session!.decide([{ query, params: [change(row![column]), ...target] }]);
}

/** Dates messages of a dialog back by so many days. Answers whether messages are in Cassandra. */
export async function backdateInLog(dialogId: DialogId, to: number, days: number): Promise<boolean> {
  if (session === undefined) return false;
  const seqs = Array.from({ length: to }, (_, nth) => BigInt(nth + 1));
  await inTurns(seqs, async (seq) => {
    const place = placeOf(dialogId, seq);
    await rewrite('created_at', place, place, (at) => new Date((at as Date).getTime() - days * DAY));
  });
  return true;
}

/** Has one message say what another says, as it is sealed. Answers whether messages are in Cassandra. */
export async function copyBodyInLog(dialogId: DialogId, from: number, to: number): Promise<boolean> {
  if (session === undefined) return false;
  await rewrite('body', placeOf(dialogId, BigInt(from)), placeOf(dialogId, BigInt(to)), (body) => body);
  return true;
}

/** The bytes and texts that the log keeps of a dialog; none where messages are not in Cassandra. */
export async function logAtRest(dialogId: DialogId): Promise<Buffer[]> {
  if (session === undefined) return [];
  const rows = await session.rows<Record<string, unknown>>({
    query: `SELECT * FROM ${TEST_LAYOUT.keyspace}.log WHERE dialog_id = ? ALLOW FILTERING`,
    params: [dialogId],
  });
  if (rows.length === 0) throw new Error('the log has nothing of this dialog');
  return rows.flatMap((row) =>
    Object.values(row).flatMap((value) =>
      typeof value === 'string' ? [Buffer.from(value)] : Buffer.isBuffer(value) ? [value] : [],
    ),
  );
}
