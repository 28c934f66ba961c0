import { startReplays } from '#infrastructure/events/dead-letters/replays.ts';
import { startEventGauges } from '#infrastructure/events/event-gauges.ts';
import { countMoved } from '#infrastructure/events/event-metrics.ts';
import { openPostgresBus } from '#infrastructure/events/postgres-bus.ts';
import { startRelay } from '#infrastructure/events/relay.ts';
import { openDatabases } from '#infrastructure/postgres/databases.ts';
import type { Ground } from '#services/ground.main.ts';
import type { Consumer } from '#shared/events/bus.ts';
import { REGIONS } from '#shared/regions.ts';

/** Connections beside one for each group: the relay, its care, replays and gauges. */
const OTHER_CONNECTIONS = 4;

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
    if (consumers !== undefined) {
      const bus = openPostgresBus({ database, log });
      resources.defer(() => bus.close());
      for (const consumer of consumers) bus.subscribe(consumer);
      const name = REGIONS.find((region) => databases.of(region) === database) ?? 'core';
      const loops = [
        startReplays({ database, consumers, outbox, log }),
        startEventGauges({ database, name, consumers, log }),
      ];
      resources.defer(async () => void (await Promise.all(loops.map((loop) => loop.stop()))));
    }
    if (isRelay) {
      const relay = startRelay({ database, log, onMoved: countMoved });
      resources.defer(() => relay.stop());
    }
  }
}
