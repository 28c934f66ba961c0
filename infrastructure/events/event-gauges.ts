import { Gauge } from 'prom-client';
import type { Consumer } from '#shared/events/bus.ts';
import type { Log } from '#shared/log.ts';
import { type Database, firstRow, statement } from '#shared/sql.ts';
import { SECOND } from '#shared/time.ts';
import { type Loop, startLoop } from './loop.ts';

const LOOK_EVERY_MS = 5 * SECOND;
/** More is not counted: it would cost the database what it is short of. */
const COUNTED_MAX = 100_000;

const outboxLag = new Gauge({
  name: 'tchat_outbox_lag',
  help: 'Age in seconds of the oldest event that no relay has moved',
  labelNames: ['database'],
});
const outboxWaiting = new Gauge({
  name: 'tchat_outbox_waiting',
  help: `Events that no relay has moved, at most ${COUNTED_MAX}`,
  labelNames: ['database'],
});
const behind = new Gauge({
  name: 'tchat_events_behind',
  help: 'Events in the log beyond the place of a group, those that it does not want included',
  labelNames: ['database', 'group'],
});
const waitingAge = new Gauge({
  name: 'tchat_events_waiting_age_seconds',
  help: 'Age of the oldest event in the log that a group wants and has not handled',
  labelNames: ['database', 'group'],
});
const deadLetters = new Gauge({
  name: 'tchat_dead_letters',
  help: 'Events that a group could not handle and nobody has settled',
  labelNames: ['database', 'group'],
});
const oldestDeadLetter = new Gauge({
  name: 'tchat_dead_letter_oldest_seconds',
  help: 'Time since the oldest of them was set aside',
  labelNames: ['database', 'group'],
});

const OUTBOX = statement(
  'events.look-at-outbox',
  `SELECT (SELECT count(*)::int FROM (SELECT FROM events.outbox LIMIT ${COUNTED_MAX}) AS counted) AS waiting,
     coalesce((SELECT greatest(0, extract(epoch FROM clock_timestamp() - outbox.occurred_at))::float
       FROM events.outbox ORDER BY outbox.position LIMIT 1), 0) AS lag_s`,
);
const GROUP = statement(
  'events.look-at-group',
  `SELECT ((SELECT coalesce(max(log.log_offset), 0) FROM events.log) - places.log_offset)::float AS behind,
     coalesce((SELECT greatest(0, extract(epoch FROM clock_timestamp() - log.occurred_at))::float FROM events.log
       WHERE log.log_offset > places.log_offset AND log.type = ANY ($2) ORDER BY log.log_offset LIMIT 1), 0) AS age_s
   FROM events.places WHERE places.consumer_group = $1`,
);
const DEAD = statement(
  'events.look-at-dead',
  `SELECT dead.consumer_group, count(*)::int AS letters,
     greatest(0, extract(epoch FROM clock_timestamp() - min(dead.failed_at)))::float AS oldest_s
   FROM events.dead_letters AS dead WHERE dead.status IN ('waiting', 'asked') GROUP BY dead.consumer_group`,
);

type GaugeOptions = {
  readonly database: Database;
  /** Its label: the region that it holds, the first of several. */
  readonly name: string;
  readonly consumers: readonly Pick<Consumer, 'group' | 'types'>[];
  readonly log: Log;
};

/**
 * Looks every few seconds at what waits in a database, by its own clock. Every process with consumers shows the same, so an
 * alert takes the most of them. While the database cannot be asked there are no figures, rather than old ones.
 */
export function startEventGauges({ database, name, consumers, log }: GaugeOptions): Loop {
  const gauges = [outboxLag, outboxWaiting, behind, waitingAge, deadLetters, oldestDeadLetter];

  async function look(): Promise<void> {
    const outbox = await firstRow<{ waiting: number; lag_s: number }>(database, OUTBOX);
    outboxWaiting.set({ database: name }, outbox?.waiting ?? 0);
    outboxLag.set({ database: name }, outbox?.lag_s ?? 0);
    for (const { group, types } of consumers) {
      const found = await firstRow<{ behind: number; age_s: number }>(database, GROUP, [group, types]);
      behind.set({ database: name, group }, found?.behind ?? 0);
      waitingAge.set({ database: name, group }, found?.age_s ?? 0);
    }
    const dead = await database.rows<{ consumer_group: string; letters: number; oldest_s: number }>(DEAD);
    for (const group of new Set(
      [...consumers, ...dead.map((row) => ({ group: row.consumer_group }))].map((one) => one.group),
    )) {
      const row = dead.find((one) => one.consumer_group === group);
      deadLetters.set({ database: name, group }, row?.letters ?? 0);
      oldestDeadLetter.set({ database: name, group }, row?.oldest_s ?? 0);
    }
  }

  return startLoop({
    name: 'event-gauges',
    restMs: LOOK_EVERY_MS,
    log,
    turn: async () => {
      await look().catch((error: unknown) => {
        for (const gauge of gauges) gauge.reset();
        throw error;
      });
      return 'idle';
    },
  });
}
