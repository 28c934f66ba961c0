import type { OpenDatabase } from '#infrastructure/postgres/database.ts';
import type { EventBus } from '#shared/events/bus.ts';
import type { Log } from '#shared/log.ts';
import { SECOND } from '#shared/time.ts';
import { makeGroup } from './consumer-group.ts';
import { type Loop, startLoop } from './loop.ts';

/** Where `events.move_outbox` tells which types have come, separated by commas; none when they are too many to tell. */
const CHANNEL = 'tchat_log';
/** How soon a group is taken over whose process died, and how soon it looks by itself when a notice was missed. */
const STANDBY_MS = SECOND;

export type PostgresBus = EventBus & {
  /**
   * Looks for new events now instead of at the next notice. A group that wants none of the types that came is let sleep: it
   * passes over them when it looks by itself.
   *
   * @param types of what came; every group looks when not said
   */
  wake(types?: readonly string[]): void;
};

/** The bus over `events.log`: groups with a place each, advanced in the transaction of their effects. */
export function openPostgresBus({ database, log }: { database: OpenDatabase; log: Log }): PostgresBus {
  const groups: { readonly loop: Loop; readonly types: ReadonlySet<string> }[] = [];

  const wake = (moved?: readonly string[]) => {
    for (const { loop, types } of groups) {
      if (moved === undefined || moved.some((type) => types.has(type))) loop.wake();
    }
  };
  const listener = database.listen(CHANNEL, (types) => wake(types ? types.split(',') : undefined));

  return {
    wake,
    subscribe: (consumer) => {
      const turn = makeGroup(database, consumer, log);
      const loop = startLoop({ name: consumer.group, restMs: STANDBY_MS, log, turn });
      groups.push({ loop, types: new Set(consumer.types) });
    },
    close: async () => {
      await Promise.all([listener.close(), ...groups.map(({ loop }) => loop.stop())]);
    },
  };
}
