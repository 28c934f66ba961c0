import { setTimeout as sleep } from 'node:timers/promises';
import type { Consumer as KafkaConsumer, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';
import type { Consumer } from '#shared/events/bus.ts';
import type { Log } from '#shared/log.ts';
import { SECOND } from '#shared/time.ts';
import { type BackOff, pauseAfter } from '../back-off.ts';
import type { Deliver, Pause } from './deliver.ts';
import { noteLag } from './kafka-metrics.ts';
import { type EventRecord, eventOf, typeOf } from './record.ts';
import type { Topics } from './topics.ts';

/**
 * Records handled and committed together: the first number until a group has shown how fast it is, then as many as it
 * handles in {@link BATCH_MS}, within the bounds. The transaction stays open meanwhile, and a handler has 12 s.
 */
const BATCH = { first: 500, least: 50, most: 2_000 } as const;
const BATCH_MS = SECOND;
/** A member that is silent for this long is taken for dead, and its partitions go to the others. */
const SESSION_MS = 10 * SECOND;
const HEARTBEAT_EVERY_MS = SECOND;
/** How long the members of a group have to bring a batch to its end when it is dealt out anew. */
const DEAL_OUT_WITHIN_MS = 30 * SECOND;
/** A broker that has nothing new answers after this; a group that is to stop waits for that answer. */
const FETCH_WAIT_MS = 500;
const START_BACK_OFF: BackOff = { firstMs: 200, mostMs: 5 * SECOND };
/** A client that cannot say good-bye to a broker that is away is left behind. */
const GOOD_BYE_WITHIN_MS = 10 * SECOND;

type Options = {
  readonly kafka: Kafka;
  readonly topics: Topics;
  readonly consumer: Consumer;
  readonly deliver: Deliver;
  /** When the group began, for one that wants only what happens after that. */
  readonly beganAt: () => Promise<Date>;
  readonly log: Log;
};

export type Group = {
  /** Settles when the batch under way has been committed, and the group knows that this member has gone. */
  stop(): Promise<void>;
};

/** The wait was ended, because the group is to stop. */
class Stopping extends Error {
  override readonly name = 'Stopping';
}

/**
 * A member of a consumer group: reads the topics of the types that the consumer wants from where the group has come to, a
 * new group from the oldest that Kafka has. One that starts with the newest reads that too, and passes over it.
 *
 * An offset is committed after the transaction of its effects. What the client cannot mend by itself ends it, and it is made
 * anew after a pause: a broker may be away for any time, also at the start.
 */
export function startGroup({ kafka, topics, consumer, deliver, beganAt, log }: Options): Group {
  const { group } = consumer;
  const wanted = new Set(consumer.types);
  const known = consumer.knows && new Set(consumer.knows);
  const names = [...new Set(consumer.types.map((type) => topics.of(type)))];
  const stopping = new AbortController();
  /** How many records are handled together. */
  let batchMax: number = BATCH.first;
  /** What occurred before is passed over; undefined for a group that wants everything. Known before anything is read. */
  let notBefore: Date | undefined;

  async function eachBatch(batch: EachBatchPayload): Promise<void> {
    const { topic, partition, messages, highWatermark } = batch.batch;
    const pause = pauseWith(batch);
    /** The commit of an offset that is under way: the next records need not wait for it. */
    let committing: Promise<void> = Promise.resolve();
    for (let first = 0; first < messages.length;) {
      if (stopping.signal.aborted || !batch.isRunning() || batch.isStale()) break;
      const some = messages.slice(first, first + batchMax);
      first += some.length;
      const records = some.filter(isForIt).flatMap(read);
      try {
        if (records.length > 0) await beating(batch, () => timed(records.length, () => deliver(records, pause)));
      } catch (error) {
        if (error instanceof Stopping) break;
        throw error;
      }
      const { offset } = some.at(-1)!;
      batch.resolveOffset(offset);
      const next = String(BigInt(offset) + 1n);
      await committing;
      committing = batch.commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset: next }] }] });
      committing.catch(() => undefined);
      noteLag(group, topic, partition, Number(BigInt(highWatermark) - BigInt(next)));
      await batch.heartbeat();
    }
  }

  function isForIt(message: KafkaMessage): boolean {
    const type = typeOf(message) ?? '';
    return wanted.has(type) || (type !== '' && known?.has(type) === false);
  }

  /** Notes how fast the group is with whole batches. */
  async function timed(count: number, work: () => Promise<void>): Promise<void> {
    const startedAt = performance.now();
    await work();
    if (count < BATCH.least) return;
    const fitting = Math.floor((count * BATCH_MS) / (performance.now() - startedAt));
    // At most twice as many at once: what was fast for few need not be for many.
    batchMax = Math.max(BATCH.least, Math.min(fitting, batchMax * 2, BATCH.most));
  }

  function read(message: KafkaMessage): EventRecord[] {
    const record = eventOf(message);
    if (record !== undefined) return notBefore !== undefined && record.event.occurredAt < notBefore ? [] : [record];
    log.error({ group, offset: message.offset }, 'a record in a topic of events is none, and is passed over');
    return [];
  }

  /** Waits, and shows the group meanwhile that this member lives. */
  function pauseWith(batch: EachBatchPayload): Pause {
    return async (ms) => {
      for (const until = performance.now() + ms; performance.now() < until;) {
        const restMs = Math.min(HEARTBEAT_EVERY_MS, Math.max(1, until - performance.now()));
        await sleep(restMs, undefined, { signal: stopping.signal }).catch(() => undefined);
        if (stopping.signal.aborted) throw new Stopping('The group is to stop');
        await batch.heartbeat();
      }
    };
  }

  async function member(): Promise<void> {
    if (consumer.starts === 'newest') notBefore ??= await beganAt();
    await topics.ensure(names);
    const client = kafka.consumer({
      groupId: topics.groupId(group),
      sessionTimeout: SESSION_MS,
      heartbeatInterval: HEARTBEAT_EVERY_MS,
      rebalanceTimeout: DEAL_OUT_WITHIN_MS,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      retry: { retries: 3, initialRetryTime: 100, maxRetryTime: SECOND, restartOnFailure: async () => false },
    });
    const ended = Promise.withResolvers<unknown>();
    client.on(client.events.CRASH, ({ payload }) => ended.resolve(payload.error));
    // It may have aborted already, while the topics were looked at.
    const isStopped = () => ended.resolve(undefined);
    stopping.signal.addEventListener('abort', isStopped, { once: true });
    if (stopping.signal.aborted) isStopped();
    try {
      await client.connect();
      await client.subscribe({ topics: names, fromBeginning: true });
      await client.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch });
      const failure = await ended.promise;
      if (failure !== undefined) throw failure;
    } finally {
      stopping.signal.removeEventListener('abort', isStopped);
      await goodBye(client);
    }
  }

  async function live(): Promise<void> {
    for (let failures = 1; !stopping.signal.aborted; failures++) {
      const since = performance.now();
      try {
        await member();
      } catch (error) {
        // One that lived for a while has not failed in a row.
        if (performance.now() - since > START_BACK_OFF.mostMs) failures = 1;
        const backOffMs = Math.round(pauseAfter(failures, START_BACK_OFF));
        log.warn({ group, err: error, backOffMs }, 'a consumer group has lost Kafka and will be joined again');
        await sleep(backOffMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  }

  const living = live();
  return {
    stop: async () => {
      stopping.abort();
      await living;
    },
  };
}

/** Shows the group that this member lives while work goes on. What the group answers is heard at the next turn. */
async function beating(batch: EachBatchPayload, work: () => Promise<void>): Promise<void> {
  const beat = setInterval(() => void batch.heartbeat().catch(() => undefined), HEARTBEAT_EVERY_MS);
  try {
    await work();
  } finally {
    clearInterval(beat);
  }
}

async function goodBye(client: KafkaConsumer): Promise<void> {
  const patience = new AbortController();
  await Promise.race([
    client.disconnect().catch(() => undefined),
    sleep(GOOD_BYE_WITHIN_MS, undefined, { signal: patience.signal }).catch(() => undefined),
  ]);
  patience.abort();
}
