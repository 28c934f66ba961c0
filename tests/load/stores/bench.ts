import { makeCassandraLog } from '#infrastructure/message-store/cassandra/cassandra-log.ts';
import { BUCKET_SEQS } from '#infrastructure/message-store/cassandra/layout.ts';
import type { Session } from '#infrastructure/message-store/cassandra/session.ts';
import { type OpenDatabases, openDatabases } from '#infrastructure/postgres/databases.ts';
import { appendBatch } from '#services/messaging/append/append-batch.ts';
import { Lanes } from '#services/messaging/append/lanes.ts';
import type { Appended, NewMessage } from '#services/messaging/store/append.ts';
import { addDialog } from '#services/messaging/store/dialogs.ts';
import { makeLogMessages } from '#services/messaging/store/log/log-messages.ts';
import type { MessageStore } from '#services/messaging/store/message-store.ts';
import { addParticipants } from '#services/messaging/store/participants.ts';
import { postgresMessages } from '#services/messaging/store/postgres-messages.ts';
import type { DialogId, UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { openThrowawayCassandra } from '#tests/harness/throwaway-cassandra.ts';
import { message } from '#tests/integration/messaging/store-bench.ts';
import { type Bench, type BenchOptions, type Contender, kept } from '../bench.ts';
import { benchEngines } from '../engines.ts';
import { closedLoop } from '../measure.ts';

const DIALOGS = 50;
/** Messages of a dialog that wait for their acknowledgement at a time. */
const OUTSTANDING = 20;
/** A sealed text of some hundred characters. */
const TEXT = 'x'.repeat(130);
const LAYOUT = { keyspace: 'tchat_bench', bucketSeqs: BUCKET_SEQS };

/** Appends of sealed messages a second, through the lanes of one process, into each of the two message stores. */
export const storesBench: Bench = {
  name: 'stores',
  says: 'appends/s into Postgres and into Cassandra, beside one conditional write a message',
  prepare: async (options) => {
    await using resources = new AsyncDisposableStack();
    const engines = resources.use(await benchEngines());
    const cassandra = resources.use(await openThrowawayCassandra(LAYOUT));
    const databases = resources.use(
      openDatabases({ DATABASE_URL: engines.databaseUrl, DATABASE_POOL_MAX: 12, REGION_DATABASE_URLS: [] }, 'bench'),
    );
    const session = resources.use(await cassandra.session());
    await session.define(`CREATE TABLE ${LAYOUT.keyspace}.bare_rows (id uuid PRIMARY KEY, body blob)`);
    const log = makeCassandraLog({ session, layout: LAYOUT, now: () => new Date() });
    return {
      contenders: [
        await appending('Postgres', postgresMessages, databases, options),
        await appending('Cassandra', makeLogMessages(log), databases, options),
        conditionalWrites(session, options),
      ],
      comparisons: [
        { ours: 'Cassandra', baseline: 'Postgres' },
        { ours: 'Cassandra', baseline: 'a conditional write a message' },
      ],
      ...kept(resources),
    };
  },
};

async function appending(
  name: string,
  store: MessageStore,
  databases: OpenDatabases,
  options: BenchOptions,
): Promise<Contender> {
  const dialogs = await Promise.all(Array.from({ length: DIALOGS }, () => openDialog(databases)));
  const lanes = new Lanes<NewMessage, Appended>(databases, {
    capacity: 4_096,
    batchMax: store.batchMax,
    keyOf: (one) => one.clientKey,
    run: (database, batch) => appendBatch(store, database, batch),
  });
  let sent = 0;
  return {
    name,
    run: () =>
      closedLoop({
        ...options,
        lanes: DIALOGS * OUTSTANDING,
        call: async (lane) => {
          sent += 1;
          const { id, sender } = dialogs[lane % DIALOGS]!;
          const { outcome } = await lanes.post(message(id, sender, `c${sent}`, TEXT));
          if (outcome !== 'appended') throw new Error(`a message was ${outcome}`);
        },
      }),
  };
}

async function openDialog(databases: OpenDatabases): Promise<{ id: DialogId; sender: UserId }> {
  const [id, sender] = [newId<DialogId>('TH'), newId<UserId>('TH')];
  await databases.of('TH').transaction(async (tx) => {
    const participants = [
      { userId: sender, role: 'owner' as const },
      { userId: newId<UserId>('TH'), role: 'member' as const },
    ];
    const dialog = { id, type: 'group' as const, name: 'bench', description: null, avatarUrl: null };
    await addDialog(tx, { ...dialog, creatorId: sender, participants });
    await addParticipants(tx, { ...dialog, creatorId: sender, participants });
  });
  return { id, sender };
}

function conditionalWrites(session: Session, options: BenchOptions): Contender {
  return {
    name: 'a conditional write a message',
    run: () =>
      closedLoop({
        ...options,
        lanes: DIALOGS,
        call: async () => {
          await session.decide([
            {
              query: `INSERT INTO ${LAYOUT.keyspace}.bare_rows (id, body) VALUES (?, ?) IF NOT EXISTS`,
              params: [newId<DialogId>('TH'), Buffer.from(TEXT)],
            },
          ]);
        },
      }),
  };
}
