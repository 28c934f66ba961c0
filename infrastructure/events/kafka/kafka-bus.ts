import { setTimeout as sleep } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import type { Consumer, EventBus } from '#shared/events/bus.ts';
import type { Log } from '#shared/log.ts';
import type { Database } from '#shared/sql.ts';
import { MINUTE, SECOND } from '#shared/time.ts';
import { type BackOff, pauseAfter } from '../back-off.ts';
import { type Loop, startLoop } from '../loop.ts';
import { beginningOf } from '../register-group.ts';
import { type DeadEvent, makeDelivery } from './deliver.ts';
import { drain } from './drain.ts';
import { type Group, startGroup } from './group.ts';
import { followLog, hasHandled } from './handled.ts';
import { copiedUpTo, goOnAfter } from './log-copier.ts';
import { openPublisher } from './publisher.ts';
import { rowOf, recordOf } from './record.ts';
import type { Topics } from './topics.ts';

const BACK_OFF: BackOff = { firstMs: 200, mostMs: 5 * SECOND };
const FOLLOW_EVERY_MS = MINUTE;

type Options = {
  readonly kafka: Kafka;
  readonly topics: Topics;
  /** Holds the effects of the consumers, and what they have handled. */
  readonly database: Database;
  readonly log: Log;
};

export type KafkaBus = EventBus & {
  /**
   * Has a group that ever read Kafka read what is there for it at this moment, so that it can go on in the log of Postgres.
   *
   * @returns false when the bus was closed meanwhile
   */
  drain(consumer: Consumer): Promise<boolean>;
};

/**
 * The bus over Kafka. Each consumer group is a group there; effect and the ids of the events that it is of are written in
 * one transaction, so that whatever Kafka brings again changes nothing.
 */
export function openKafkaBus({ kafka, topics, database, log }: Options): KafkaBus {
  const publisher = openPublisher({ kafka, topics });
  const groups: Group[] = [];
  const followers: Loop[] = [];
  const leaving: Promise<boolean>[] = [];
  const closing = new AbortController();

  async function announceDead({ group, record, reason }: DeadEvent): Promise<void> {
    const { headers, ...message } = recordOf(rowOf(record));
    const why = { consumer_group: group, reason: reason.slice(0, 1_000) };
    await publisher.publishLoose([
      { topic: topics.deadLetters, message: { ...message, headers: { ...headers, ...why } } },
    ]);
  }

  function follow(consumer: Consumer): Loop {
    return startLoop({
      name: `follow-log-${consumer.group}`,
      restMs: FOLLOW_EVERY_MS,
      log,
      turn: async () => ((await followLog(database, consumer)) ? 'busy' : 'idle'),
    });
  }

  function start(consumer: Consumer): Group {
    const deliver = makeDelivery({ database, consumer, log, announceDead });
    return startGroup({ kafka, topics, consumer, deliver, beganAt: () => beginningOf(database, consumer), log });
  }

  /** Asks the database until it answers; undefined when the bus is closed first. */
  async function patiently<T>(ask: () => Promise<T>): Promise<T | undefined> {
    for (let failures = 1; !closing.signal.aborted; failures++) {
      try {
        return await ask();
      } catch (error) {
        log.warn({ err: error }, 'a group that leaves Kafka waits for the database');
        await sleep(pauseAfter(failures, BACK_OFF), undefined, { signal: closing.signal }).catch(() => undefined);
      }
    }
    return undefined;
  }

  async function leave(consumer: Consumer): Promise<boolean> {
    const { signal } = closing;
    if ((await patiently(() => hasHandled(database, consumer.group))) === false) return true;
    // What had been copied before the ends were looked at has been read when they are reached.
    const copied = await patiently(() => copiedUpTo(database));
    if (copied === undefined) return false;
    if (!(await drain({ kafka, topics, consumer, start: () => start(consumer), log, signal }))) return false;
    await patiently(() => goOnAfter(database, consumer.group, copied));
    return !signal.aborted;
  }

  return {
    subscribe: (consumer) => {
      groups.push(start(consumer));
      followers.push(follow(consumer));
    },
    drain: (consumer) => {
      const left = leave(consumer);
      leaving.push(left);
      return left;
    },
    close: async () => {
      closing.abort();
      await Promise.all([...groups, ...followers].map((one) => one.stop()));
      await Promise.all(leaving);
      await publisher.close();
    },
  };
}
