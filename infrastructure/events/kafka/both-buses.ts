import type { EventBus } from '#shared/events/bus.ts';
import { withoutHandled } from './handled.ts';
import type { KafkaBus } from './kafka-bus.ts';

type Options = {
  readonly postgres: EventBus;
  readonly kafka: KafkaBus;
  /** Groups that read from Kafka; `*` for all. The others read from Postgres. */
  readonly onKafka: readonly string[];
};

/**
 * Both buses side by side, for moving groups from one to the other. Every event goes to the log of Postgres, and from there to
 * Kafka.
 *
 * - A group that comes to Kafka begins with the oldest that is there, and passes over what lies before its place in the log.
 * - One that comes back first reads what Kafka still holds for it, then goes on in the log, and passes over what it has
 *   handled meanwhile.
 *
 * While processes are exchanged one after the other, a group may read from both: whoever comes first to an event handles it.
 */
export function bothBuses({ postgres, kafka, onKafka }: Options): EventBus {
  const onItsWay = new Set(onKafka);
  const comingBack: Promise<void>[] = [];
  return {
    subscribe: (consumer) => {
      if (onItsWay.has('*') || onItsWay.has(consumer.group)) return kafka.subscribe(consumer);
      comingBack.push(
        kafka.drain(consumer).then((isDrained) => {
          if (isDrained) postgres.subscribe(withoutHandled(consumer, { mayCome: true }));
        }),
      );
    },
    close: async () => {
      await kafka.close();
      await Promise.all(comingBack);
      await postgres.close();
    },
  };
}

/** The bus on Postgres alone, whose log may hold what a group has handled from Kafka before it came back. */
export function afterKafka(postgres: EventBus): EventBus {
  return { ...postgres, subscribe: (consumer) => postgres.subscribe(withoutHandled(consumer, { mayCome: false })) };
}
