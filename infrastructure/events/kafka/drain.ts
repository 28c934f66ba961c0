import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, Kafka } from 'kafkajs';
import type { Consumer } from '#shared/events/bus.ts';
import type { Log } from '#shared/log.ts';
import { SECOND } from '#shared/time.ts';
import { type BackOff, pauseAfter } from '../back-off.ts';
import type { Group } from './group.ts';
import type { Topics } from './topics.ts';

const LOOK_AGAIN_AFTER_MS = 250;
const BACK_OFF: BackOff = { firstMs: 200, mostMs: 5 * SECOND };

type Options = {
  readonly kafka: Kafka;
  readonly topics: Topics;
  readonly consumer: Consumer;
  /** Joins the group. */
  readonly start: () => Group;
  readonly log: Log;
  /** Gives up when it aborts. */
  readonly signal: AbortSignal;
};

/** Where a partition ended, by its topic and number. */
type Ends = ReadonlyMap<`${string} ${number}`, bigint>;

/**
 * Has a group read what Kafka holds for it at this moment, and leave. For a group that goes on in the log of Postgres, which
 * never held what was published to Kafka alone.
 *
 * @returns whether it came to the end
 */
export async function drain({ kafka, topics, consumer, start, log, signal }: Options): Promise<boolean> {
  const names = [...new Set(consumer.types.map((type) => topics.of(type)))];
  const groupId = topics.groupId(consumer.group);
  const ends = await patiently(async () => {
    await topics.ensure(names);
    return await withAdmin(kafka, (admin) => endsOf(admin, names));
  });
  if (ends === undefined) return false;
  const member = start();
  try {
    for (;;) {
      const isAtEnd = await patiently(() => withAdmin(kafka, (admin) => hasReached(admin, groupId, names, ends)));
      if (isAtEnd !== false) return isAtEnd === true;
      await sleep(LOOK_AGAIN_AFTER_MS, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    await member.stop();
  }

  /** Tries until it can; undefined when it is to give up. */
  async function patiently<T>(ask: () => Promise<T>): Promise<T | undefined> {
    for (let failures = 1; !signal.aborted; failures++) {
      try {
        return await ask();
      } catch (error) {
        log.warn({ group: consumer.group, err: error }, 'a group that leaves Kafka waits for it');
        await sleep(pauseAfter(failures, BACK_OFF), undefined, { signal }).catch(() => undefined);
      }
    }
    return undefined;
  }
}

/** The ends of the partitions that hold anything. */
async function endsOf(admin: Admin, names: readonly string[]): Promise<Ends> {
  const ends = new Map<`${string} ${number}`, bigint>();
  for (const name of names) {
    for (const { partition, low, high } of await admin.fetchTopicOffsets(name)) {
      if (high !== low) ends.set(`${name} ${partition}`, BigInt(high));
    }
  }
  return ends;
}

async function hasReached(admin: Admin, groupId: string, names: readonly string[], ends: Ends): Promise<boolean> {
  const offsets = await admin.fetchOffsets({ groupId, topics: [...names] });
  const reached = new Map(
    offsets.flatMap(({ topic, partitions }) =>
      partitions.map(({ partition, offset }) => [`${topic} ${partition}`, BigInt(offset)] as const),
    ),
  );
  return ends.entries().every(([key, end]) => (reached.get(key) ?? -1n) >= end);
}

async function withAdmin<T>(kafka: Kafka, ask: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await ask(admin);
  } finally {
    await admin.disconnect();
  }
}
