import { type Kafka, type Message, Partitioners, type Producer, type TopicMessages } from 'kafkajs';
import { AppError } from '#shared/errors.ts';
import { SECOND } from '#shared/time.ts';
import { ANSWER_WITHIN_MS } from './client.ts';
import { type EventRow, recordOf } from './record.ts';
import type { Topics } from './topics.ts';

/** Values sent with one request. A partition takes its part of a request whole or not at all, up to a megabyte. */
const REQUEST_BYTES_MAX = 700_000;
/** Whoever publishes holds rows of the database meanwhile, and may not for long. */
const PUBLISHED_WITHIN_MS = 10 * SECOND;
const MESSAGE_TOO_LARGE = 'MESSAGE_TOO_LARGE';

/** Kafka will never take this event. */
export class RefusedEvent extends Error {
  override readonly name = 'RefusedEvent';
  readonly row: EventRow;

  constructor(row: EventRow, cause: unknown) {
    super(`Kafka refused an event of ${row.data.length} characters as too large`, { cause });
    this.row = row;
  }
}

/** A record for a topic that its type does not tell. */
export type LooseRecord = { readonly topic: string; readonly message: Message };

export type Publisher = {
  /**
   * Returns when every copy that must have the events has them. Some may be in Kafka when it throws, and will be there
   * twice when they are published again. One call at a time.
   *
   * @param rows in their order; those of one aggregate keep it
   * @throws {AppError} UPSTREAM_UNAVAILABLE when Kafka did not acknowledge them in time
   * @throws {RefusedEvent} for one that is too large; those before it may be in Kafka
   */
  publish(rows: readonly EventRow[]): Promise<void>;
  publishLoose(records: readonly LooseRecord[]): Promise<void>;
  close(): Promise<void>;
};

/**
 * Publishes to Kafka: acknowledged by all copies, one request under way, repeated by the client without doubles.
 *
 * A producer numbers its records. After a failure nobody knows which numbers the broker has seen, so that producer is given
 * up, and the next call begins with a new one.
 */
export function openPublisher({ kafka, topics }: { readonly kafka: Kafka; readonly topics: Topics }): Publisher {
  /** Connected, and in agreement with the brokers about its numbers. Undefined before the first call and after a failure. */
  let producer: Producer | undefined;

  async function connected(): Promise<Producer> {
    if (producer !== undefined) return producer;
    const fresh = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
      retry: { retries: 3, initialRetryTime: 20, maxRetryTime: SECOND },
    });
    await fresh.connect();
    producer = fresh;
    return fresh;
  }

  async function send(topicMessages: TopicMessages[]): Promise<void> {
    try {
      await topics.ensure(topicMessages.map(({ topic }) => topic));
      const through = await connected();
      await within(PUBLISHED_WITHIN_MS, through.sendBatch({ acks: -1, timeout: ANSWER_WITHIN_MS, topicMessages }));
    } catch (error) {
      const lost = producer;
      producer = undefined;
      void lost?.disconnect().catch(() => undefined);
      throw error;
    }
  }

  async function sendRows(rows: readonly EventRow[]): Promise<void> {
    try {
      await send(byTopic(rows));
    } catch (error) {
      if (!isTooLarge(error)) throw unavailable(error);
      const [only] = rows;
      if (only !== undefined && rows.length === 1) throw new RefusedEvent(only, error);
      for (const row of rows) await sendRows([row]);
    }
  }

  function byTopic(rows: readonly EventRow[]): TopicMessages[] {
    const messages = new Map<string, Message[]>();
    for (const row of rows) {
      const topic = topics.of(row.type);
      const those = messages.get(topic);
      if (those === undefined) messages.set(topic, [recordOf(row)]);
      else those.push(recordOf(row));
    }
    return Array.from(messages, ([topic, messages]) => ({ topic, messages }));
  }

  return {
    publish: async (rows) => {
      for (const request of requestsOf(rows)) await sendRows(request);
    },
    publishLoose: async (records) => {
      const topicMessages = records.map(({ topic, message }) => ({ topic, messages: [message] }));
      await send(topicMessages).catch((error: unknown) => {
        throw unavailable(error);
      });
    },
    close: async () => {
      await producer?.disconnect().catch(() => undefined);
      producer = undefined;
    },
  };
}

/** Rows in order, in runs that are small enough for one request; a row that is too large by itself is a run of its own. */
export function* requestsOf(rows: readonly EventRow[], bytesMax = REQUEST_BYTES_MAX): Generator<readonly EventRow[]> {
  let first = 0;
  let bytes = 0;
  for (const [at, row] of rows.entries()) {
    if (at > first && bytes + row.data.length > bytesMax) {
      yield rows.slice(first, at);
      first = at;
      bytes = 0;
    }
    bytes += row.data.length;
  }
  if (first < rows.length) yield rows.slice(first);
}

function isTooLarge(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('type' in at && at.type === MESSAGE_TOO_LARGE) return true;
  }
  return false;
}

function unavailable(cause: unknown): AppError {
  return new AppError('UPSTREAM_UNAVAILABLE', { message: 'Kafka cannot be reached', retryAfterS: 1, cause });
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Kafka did not acknowledge within ${ms} ms`)), ms);
  });
  // When the work loses the race, its later failure is nobody's.
  work.catch(() => undefined);
  return await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
