import { afterAll, beforeAll, inject } from 'vitest';
import { makeCassandraLog } from '#infrastructure/message-store/cassandra/cassandra-log.ts';
import type { Layout } from '#infrastructure/message-store/cassandra/layout.ts';
import { type Session, openSession } from '#infrastructure/message-store/cassandra/session.ts';
import { makeLogMessages } from '#services/messaging/store/log/log-messages.ts';
import type { MessageStore } from '#services/messaging/store/message-store.ts';
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
