import { Counter, Histogram } from 'prom-client';

const movedTotal = new Counter({ name: 'tchat_outbox_moved_total', help: 'Events moved from the outbox to the log' });
const lagSeconds = new Histogram({
  name: 'tchat_outbox_lag_seconds',
  help: 'Age of the oldest event of a batch when the relay moved it',
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 120],
});

/** Counts a batch that the relay has moved. */
export function countMoved(count: number, lagMs: number): void {
  movedTotal.inc(count);
  lagSeconds.observe(lagMs / 1000);
}

const handledTotal = new Counter({
  name: 'tchat_events_handled_total',
  help: 'Events whose effect a group has committed',
  labelNames: ['group'],
});
const ageSeconds = new Histogram({
  name: 'tchat_events_age_seconds',
  help: 'Age of the oldest event of a batch when its effect was committed',
  labelNames: ['group'],
  buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 120, 600],
});
const failedTotal = new Counter({
  name: 'tchat_events_failed_total',
  help: 'Tries of a group that failed: away (something cannot be reached, waited out), batch (followed by one event at a time) or event (counted towards being set aside)',
  labelNames: ['group', 'of'],
});
const singleTotal = new Counter({
  name: 'tchat_events_one_by_one_total',
  help: 'Events that were handled one at a time because the batch that held them had failed',
  labelNames: ['group'],
});
const deadTotal = new Counter({
  name: 'tchat_events_dead_total',
  help: 'Events that a group could not handle and set aside',
  labelNames: ['group'],
});
const replayedTotal = new Counter({
  name: 'tchat_events_replayed_total',
  help: 'Dead letters that were handed to their group again, by outcome',
  labelNames: ['group', 'outcome'],
});

/** What a try that failed was of: see `tchat_events_failed_total`. */
export type Failed = 'away' | 'batch' | 'event';

/** How the consumer groups of this process fare, whichever bus carries to them. */
export const groupMetrics = {
  handled(group: string, count: number, oldestAgeMs: number): void {
    handledTotal.inc({ group }, count);
    ageSeconds.observe({ group }, Math.max(0, oldestAgeMs) / 1000);
  },
  failed: (group: string, of: Failed): void => failedTotal.inc({ group, of }),
  oneByOne: (group: string): void => singleTotal.inc({ group }),
  dead: (group: string): void => deadTotal.inc({ group }),
  replayed: (group: string, outcome: 'ok' | 'failed'): void => replayedTotal.inc({ group, outcome }),
};

const indexedTotal = new Counter({ name: 'tchat_search_indexed_total', help: 'Messages made findable' });
const indexLagSeconds = new Histogram({
  name: 'tchat_search_lag_seconds',
  help: 'Age of the oldest event of a batch when its messages were made findable',
  buckets: [0.05, 0.1, 0.25, 0.5, 1, 5, 30, 120, 600],
});

/** Counts messages that can now be found, and how long ago the oldest was sent or changed. */
export function countIndexed(count: number, lagMs: number): void {
  indexedTotal.inc(count);
  // The two ends of it were read from two clocks.
  indexLagSeconds.observe(Math.max(0, lagMs) / 1000);
}
