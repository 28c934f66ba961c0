import { randomBytes } from 'node:crypto';
import { makeOutbox } from '#infrastructure/events/outbox.ts';
import { makeIdempotency } from '#infrastructure/idempotency/idempotency.ts';
import { makeLocalKeys } from '#infrastructure/keys/local-keys.ts';
import { makeCassandraLog } from '#infrastructure/message-store/cassandra/cassandra-log.ts';
import { BUCKET_SEQS } from '#infrastructure/message-store/cassandra/layout.ts';
import { openDatabases } from '#infrastructure/postgres/databases.ts';
import { DialogKeys } from '#services/messaging/encryption/dialog-keys.ts';
import type { Announcer } from '#services/messaging/ports.ts';
import { type Member, type MessagingService, makeMessaging } from '#services/messaging/service.ts';
import { makeLogMessages } from '#services/messaging/store/log/log-messages.ts';
import type { MessageStore } from '#services/messaging/store/message-store.ts';
import { postgresMessages } from '#services/messaging/store/postgres-messages.ts';
import type { DialogId, UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { TEMPLATE } from '#tests/harness/template-database.ts';
import { openThrowawayCassandra } from '#tests/harness/throwaway-cassandra.ts';
import { type Bench, type BenchOptions, type Contender, type Prepared, kept } from '../bench.ts';
import { benchEngines } from '../engines.ts';
import { type Measured, closedLoop } from '../measure.ts';
import { fill, indexedAfterwards } from './fill.ts';
import { QUERIES, seeded } from './talk.ts';

const SMALL = { count: 1_000, name: 'a thousand' };
const LARGE = { count: 1_000_000, name: 'a million' };
/** Filling Cassandra with a million takes a quarter of an hour; these are two hundred partitions. */
const LARGE_IN_LOG = { count: 200_000, name: 'two hundred thousand' };
const PAGE = 50;
/** People who read at once: as many as leave the machine's cores some rest, so that a time is one of reading. */
const READERS = 2;
const SEED = 20_261_124;
const LAYOUT = { keyspace: 'tchat_bench', bucketSeqs: BUCKET_SEQS };

/** How many messages a dialog has, and what it is called in the report. */
type Size = { readonly count: number; readonly name: string };
type Stage = Size & { readonly id: DialogId };

/** Reading a dialog of a million messages beside reading one of a thousand, through the use cases. */
export const dialogBench: Bench = {
  name: 'dialog',
  says: 'opening, paging deep into and searching a dialog of a million messages, beside one of a thousand',
  prepare: async (options) => {
    await using resources = new AsyncDisposableStack();
    return await prepare(options, postgresMessages, LARGE, resources);
  },
};

/** The same with the messages in Cassandra. */
export const dialogInLogBench: Bench = {
  name: 'dialog-cassandra',
  says: 'the same for two hundred thousand messages in Cassandra',
  prepare: async (options) => {
    await using resources = new AsyncDisposableStack();
    const cassandra = resources.use(await openThrowawayCassandra(LAYOUT));
    const session = resources.use(await cassandra.session());
    const log = makeCassandraLog({ session, layout: LAYOUT, now: () => new Date() });
    return await prepare(options, makeLogMessages(log), LARGE_IN_LOG, resources);
  },
};

async function prepare(
  options: BenchOptions,
  store: MessageStore,
  size: Size,
  resources: AsyncDisposableStack,
): Promise<Prepared> {
  const engines = resources.use(await benchEngines());
  const databases = resources.use(
    openDatabases({ DATABASE_URL: engines.databaseUrl, DATABASE_POOL_MAX: 12, REGION_DATABASE_URLS: [] }, 'bench'),
  );
  const keyManagement = makeLocalKeys([randomBytes(32).toString('hex')]);
  const messaging = makeMessaging({
    databases,
    keyManagement,
    outbox: makeOutbox(),
    idempotency: makeIdempotency(),
    people: { find: async (ids) => ids.map((id) => ({ id, country: 'TH', status: 'active' })) },
    blocks: { blockersOf: async () => [] },
    announcer: SILENT,
    messageStore: store,
  });
  const [reader, other] = [person(), person()];
  const stages = await Promise.all([opened(messaging, reader, other, SMALL), opened(messaging, reader, other, size)]);
  const superuserUrl = Object.assign(new URL(engines.urls.postgres), { pathname: `/${TEMPLATE}` }).href;
  const keys = new DialogKeys(databases, keyManagement);
  await indexedAfterwards(superuserUrl, async () => {
    for (const { id, count } of stages) {
      await fill({
        database: databases.of('TH'),
        store,
        keys,
        dialogId: id,
        senders: [reader.userId, other.userId],
        count,
        random: seeded(SEED),
        progress: (line) => console.log(`filling: ${line}`),
      });
    }
  });
  const [small, large] = stages;
  return {
    contenders: stages.flatMap((stage) => contenders(messaging, reader, stage, options)),
    comparisons: ['opening', 'a page anywhere in', 'searching'].map((what) => ({
      ours: `${what} ${large.name}`,
      baseline: `${what} ${small.name}`,
      figure: 'p50 ms',
      ...(what !== 'searching' && { aim: '1: it costs the same' }),
    })),
    ...kept(resources),
  };
}

function contenders(messaging: MessagingService, reader: Member, stage: Stage, options: BenchOptions): Contender[] {
  const { id, count, name } = stage;
  const random = seeded(SEED + count);
  const loop = async (call: () => Promise<unknown>): Promise<Measured> => {
    const measured = await closedLoop({ ...options, lanes: READERS, call });
    return { ...measured, figures: { 'p50 ms': measured.p50Ms, 'p95 ms': measured.p95Ms } };
  };
  const history = (query: { before?: number }) => messaging.history(reader, id, { ...query, limit: PAGE });
  return [
    {
      name: `opening ${name}`,
      run: () => loop(() => Promise.all([messaging.getDialog(reader, id), history({})])),
    },
    {
      name: `a page anywhere in ${name}`,
      run: () =>
        loop(async () => {
          const { messages } = await history({ before: PAGE + 1 + Math.floor(random() * (count - PAGE)) });
          if (messages.length !== PAGE) throw new Error('a page is not full');
        }),
    },
    {
      name: `searching ${name}`,
      run: async () => {
        const kinds = Object.entries(QUERIES);
        const taken = new Map(kinds.map(([kind]): [string, number[]] => [kind, []]));
        let asked = 0;
        const measured = await loop(async () => {
          const [kind, query] = kinds[asked++ % kinds.length]!;
          const startedAt = performance.now();
          await messaging.searchMessages(reader, { q: query(random), dialog_id: id, limit: 20 });
          taken.get(kind)!.push(performance.now() - startedAt);
        });
        const figures = Object.fromEntries(Array.from(taken, ([kind, ms]) => [`p95 ms of ${kind}`, p95(ms)]));
        return { ...measured, figures: { ...measured.figures, ...figures } };
      },
    },
  ];
}

function p95(taken: readonly number[]): number {
  const sorted = taken.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN;
}

function person(): Member {
  return { userId: newId<UserId>('TH'), country: 'TH' };
}

async function opened(messaging: MessagingService, reader: Member, other: Member, size: Size): Promise<Stage> {
  const third = person();
  const { dialog } = await messaging.openDialog(reader, {
    type: 'group',
    name: size.name,
    participant_ids: [other.userId, third.userId],
  });
  return { ...size, id: dialog.id };
}

const nothing = (): undefined => undefined;
const SILENT: Announcer = {
  messageNew: nothing,
  messageChanged: nothing,
  receipt: nothing,
  receiptFor: nothing,
  dialogNew: nothing,
  dialogUpdated: nothing,
  dialogUpdatedFor: nothing,
  dialogRemoved: nothing,
  dialogClosed: nothing,
};
