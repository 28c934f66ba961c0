import type { Config } from '#infrastructure/config/settings.ts';
import { startReplays } from '#infrastructure/events/dead-letters/replays.ts';
import { countMoved } from '#infrastructure/events/event-metrics.ts';
import { afterKafka, bothBuses } from '#infrastructure/events/kafka/both-buses.ts';
import { openKafka } from '#infrastructure/events/kafka/client.ts';
import { openKafkaBus } from '#infrastructure/events/kafka/kafka-bus.ts';
import { unregisterCopier } from '#infrastructure/events/kafka/log-copier.ts';
import { openPublisher } from '#infrastructure/events/kafka/publisher.ts';
import { refusedByKafka } from '#infrastructure/events/kafka/refused.ts';
import { startKafkaRelay, startLogCopier } from '#infrastructure/events/kafka/relay.ts';
import { makeTopics } from '#infrastructure/events/kafka/topics.ts';
import type { Loop } from '#infrastructure/events/loop.ts';
import { openPostgresBus } from '#infrastructure/events/postgres-bus.ts';
import { startLogCare, startRelay } from '#infrastructure/events/relay.ts';
import type { OpenDatabase } from '#infrastructure/postgres/database.ts';
import { unreachable } from '#shared/errors.ts';
import type { EventBus } from '#shared/events/bus.ts';
import type { Outbox } from '#shared/events/event.ts';
import type { Log } from '#shared/log.ts';

type Carrier = {
  readonly config: Config;
  readonly database: OpenDatabase;
  /** The region that it holds, the first of several. */
  readonly region: string;
  readonly log: Log;
};

/** What carries the events of one database to consumers, as EVENT_BUS says. */
export function openEventBus(carrier: Carrier): EventBus {
  const { config, database, log } = carrier;
  const onPostgres = () => openPostgresBus({ database, log });
  const onKafka = () => openKafkaBus({ ...kafkaOf(carrier), database, log });
  switch (config.EVENT_BUS) {
    case 'postgres':
      return afterKafka(onPostgres());
    case 'kafka':
      return onKafka();
    case 'both':
      return bothBuses({ postgres: onPostgres(), kafka: onKafka(), onKafka: config.KAFKA_GROUPS });
    default:
      return unreachable(config.EVENT_BUS);
  }
}

/**
 * What moves the events of one database out of its outbox, as EVENT_BUS says; with Kafka also what publishes those again that
 * it had refused, when somebody asks for it.
 */
export function openRelay(carrier: Carrier & { readonly outbox: Outbox }, resources: AsyncDisposableStack): void {
  const { config, database, outbox, log } = carrier;
  const start = (loop: Pick<Loop, 'stop'>) => resources.defer(() => loop.stop());
  if (config.EVENT_BUS === 'postgres') {
    start(startRelay({ database, log, onMoved: countMoved }));
    // Nobody copies any more; while another process still does, it takes its place again.
    unregisterCopier(database).catch((error: unknown) =>
      log.warn({ err: error }, 'the copying to Kafka keeps its place'),
    );
    return;
  }
  const publisher = openPublisher(kafkaOf(carrier));
  const again = openPublisher(kafkaOf(carrier));
  resources.defer(async () => void (await Promise.all([publisher.close(), again.close()])));
  start(startReplays({ database, consumers: [refusedByKafka(again)], outbox, log }));
  if (config.EVENT_BUS === 'kafka') {
    start(startKafkaRelay({ database, publisher, log, onMoved: countMoved }));
    start(startLogCare({ database, log }));
  } else {
    start(startRelay({ database, log, onMoved: countMoved }));
    start(startLogCopier({ database, publisher, log }));
  }
}

/** The core database's topics have its events alone; those of a region with a database of its own have its name. */
function kafkaOf({ config, region, log }: Carrier) {
  const kafka = openKafka(config, log);
  const database = region === 'core' ? '' : region.toLowerCase();
  return { kafka, topics: makeTopics({ kafka, settings: config, database, log }) };
}
