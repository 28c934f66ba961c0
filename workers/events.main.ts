import { startReplays } from '#infrastructure/events/dead-letters/replays.ts';
import { startEventGauges } from '#infrastructure/events/event-gauges.ts';
import { startForgetting } from '#infrastructure/events/kafka/forget-handled.ts';
import { LOG_COPIER } from '#infrastructure/events/kafka/log-copier.ts';
import { openDatabases } from '#infrastructure/postgres/databases.ts';
import type { Ground } from '#services/ground.main.ts';
import type { Consumer } from '#shared/events/bus.ts';
import { REGIONS } from '#shared/regions.ts';
import { openEventBus, openRelay } from './event-bus.main.ts';

/** Connections beside one for each group: the relay, its care, what copies to Kafka, replays of both, forgetting and gauges. */
const OTHER_CONNECTIONS = 7;
/** What copies the log to Kafka has a place in it like a group, and is shown like one. */
const COPIER = { group: LOG_COPIER, types: [] };

/**
 * The relay and the buses of every database, on connections of their own: a group holds one for as long as its handler
 * works, and the handler must never wait for what its group holds.
 *
 * @param consumers every group, or undefined where this process has none
 * @param resources closes it all; what the consumers use must have been opened before, so that a turn under way can end
 */
export function carryEvents(
  ground: Ground,
  { isRelay, consumers }: { readonly isRelay: boolean; readonly consumers: readonly Consumer[] | undefined },
  resources: AsyncDisposableStack,
): void {
  if (!isRelay && consumers === undefined) return;
  const { config, log, outbox } = ground;
  const poolMax = (consumers?.length ?? 0) + OTHER_CONNECTIONS;
  const databases = resources.use(openDatabases({ ...config, DATABASE_POOL_MAX: poolMax }, `${ground.role}-events`));
  for (const database of databases.all) {
    const name = REGIONS.find((region) => databases.of(region) === database) ?? 'core';
    const carrier = { config, database, region: name, log };
    if (consumers !== undefined) {
      const bus = openEventBus(carrier);
      resources.defer(() => bus.close());
      for (const consumer of consumers) bus.subscribe(consumer);
      const shown = config.EVENT_BUS === 'postgres' ? consumers : [...consumers, COPIER];
      const loops = [
        startForgetting({ database, consumers, retentionMs: config.KAFKA_RETENTION, log }),
        startReplays({ database, consumers, outbox, log }),
        startEventGauges({ database, name, consumers: shown, log }),
      ];
      resources.defer(async () => void (await Promise.all(loops.map((loop) => loop.stop()))));
    }
    if (isRelay) openRelay({ ...carrier, outbox }, resources);
  }
}
