import type { Kafka } from 'kafkajs';
import type { Consumer, EventBus } from '#shared/events/bus.ts';
import type { Log } from '#shared/log.ts';
import type { Database } from '#shared/sql.ts';
import { HOUR, MINUTE } from '#shared/time.ts';
import { type Loop, startLoop } from '../loop.ts';
import { type DeadEvent, makeDelivery } from './deliver.ts';
import { type Group, startGroup } from './group.ts';
import { followLog, forgetHandled } from './handled.ts';
import { openPublisher } from './publisher.ts';
import { rowOf, recordOf } from './record.ts';
import type { Topics } from './topics.ts';

const UPKEEP_EVERY_MS = MINUTE;
/** Kafka forgets whole segments, and clocks differ: what was handled is known for this much longer than Kafka may bring it. */
const HANDLED_MARGIN_MS = 72 * HOUR;

type Options = {
  readonly kafka: Kafka;
  readonly topics: Topics;
  /** Holds the effects of the consumers, and what they have handled. */
  readonly database: Database;
  /** How long topics keep events, in milliseconds. */
  readonly retentionMs: number;
  readonly log: Log;
};

/**
 * The bus over Kafka. Each consumer group is a group there; effect and the ids of the events that it is of are written in
 * one transaction, so that whatever Kafka brings again changes nothing.
 */
export function openKafkaBus({ kafka, topics, database, retentionMs, log }: Options): EventBus {
  const publisher = openPublisher({ kafka, topics });
  const groups: Group[] = [];
  const upkeep: Loop[] = [];

  async function announceDead({ group, record, reason }: DeadEvent): Promise<void> {
    const { headers, ...message } = recordOf(rowOf(record));
    const why = { consumer_group: group, reason: reason.slice(0, 1_000) };
    await publisher.publishLoose([
      { topic: topics.deadLetters, message: { ...message, headers: { ...headers, ...why } } },
    ]);
  }

  function keepUp(consumer: Consumer): Loop {
    return startLoop({
      name: `kafka-upkeep-${consumer.group}`,
      restMs: UPKEEP_EVERY_MS,
      log,
      turn: async () => {
        const before = new Date(Date.now() - retentionMs - HANDLED_MARGIN_MS);
        const forgets = await forgetHandled(database, consumer.group, before);
        const follows = await followLog(database, consumer);
        return forgets || follows ? 'busy' : 'idle';
      },
    });
  }

  return {
    subscribe: (consumer) => {
      const deliver = makeDelivery({ database, consumer, log, announceDead });
      groups.push(startGroup({ kafka, topics, consumer, deliver, log }));
      upkeep.push(keepUp(consumer));
    },
    close: async () => {
      await Promise.all([...groups, ...upkeep].map((one) => one.stop()));
      await publisher.close();
    },
  };
}
