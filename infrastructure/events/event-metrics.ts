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

const indexedTotal = new Counter({ name: 'tchat_search_indexed_total', help: 'Messages made findable' });
const indexLagSeconds = new Histogram({
  name: 'tchat_search_lag_seconds',
  help: 'Age of the oldest event of a batch when its messages were made findable',
  buckets: [0.05, 0.1, 0.25, 0.5, 1, 5, 30, 120, 600],
});

/** Counts messages that can now be found, and how long ago the oldest was sent or changed. */
export function countIndexed(count: number, lagMs: number): void {
  indexedTotal.inc(count);
  indexLagSeconds.observe(lagMs / 1000);
}
