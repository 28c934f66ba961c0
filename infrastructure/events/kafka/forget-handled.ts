import type { Consumer } from '#shared/events/bus.ts';
import type { Log } from '#shared/log.ts';
import { type Database, type Sql, statement } from '#shared/sql.ts';
import { HOUR, MINUTE } from '#shared/time.ts';
import { type Loop, startLoop } from '../loop.ts';

const FORGET = statement(
  'kafka.forget-handled',
  `DELETE FROM events.handled WHERE (handled.consumer_group, handled.event_id) IN (
     SELECT old.consumer_group, old.event_id FROM events.handled AS old
     WHERE old.consumer_group = $1 AND old.event_id < $2::uuid ORDER BY old.event_id LIMIT $3
   ) RETURNING 1`,
);
const FORGET_EVERY_MS = 10 * MINUTE;
/** Kafka forgets whole segments, and clocks differ: what was handled is known for this much longer than Kafka may bring it. */
const MARGIN_MS = 72 * HOUR;
/** Rows that one step of upkeep touches at most. */
const STEP_ROWS_MAX = 10_000;

/**
 * Forgets that a group has handled what is older than `before`.
 *
 * @returns whether there is more to forget
 */
async function forgetHandled(sql: Sql, group: string, before: Date): Promise<boolean> {
  const rows = await sql.rows(FORGET, [group, firstIdOf(before), STEP_ROWS_MAX]);
  return rows.length === STEP_ROWS_MAX;
}

type ForgettingOptions = {
  readonly database: Database;
  readonly consumers: readonly Pick<Consumer, 'group'>[];
  /** How long topics keep events, in milliseconds. */
  readonly retentionMs: number;
  readonly log: Log;
};

/** Forgets what was handled once Kafka can bring it no more, whichever bus carries events by now. */
export function startForgetting({ database, consumers, retentionMs, log }: ForgettingOptions): Loop {
  return startLoop({
    name: 'forget-handled',
    restMs: FORGET_EVERY_MS,
    log,
    turn: async () => {
      const before = new Date(Date.now() - retentionMs - MARGIN_MS);
      let hasMore = false;
      for (const { group } of consumers) hasMore = (await forgetHandled(database, group, before)) || hasMore;
      return hasMore ? 'busy' : 'idle';
    },
  });
}

/** The least UUIDv7 of a moment. */
export function firstIdOf(at: Date): string {
  const hex = at.getTime().toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
