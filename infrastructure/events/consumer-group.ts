import type { Consumer } from '#shared/events/bus.ts';
import type { StoredEvent } from '#shared/events/event.ts';
import type { Log } from '#shared/log.ts';
import { type Database, type Tx, firstRow, statement } from '#shared/sql.ts';
import { bury } from './dead-letters/letters.ts';
import { groupMetrics } from './event-metrics.ts';
import { attemptsMax, handOver, isAway } from './hand-over.ts';
import type { Turn } from './loop.ts';
import { registerGroup } from './register-group.ts';

/**
 * Events handled and committed together: enough that a group which writes them in one statement keeps up with ten thousand a
 * second, few enough that one which takes 20 ms for each is done before it counts as hanging.
 */
const BATCH_MAX = 500;
/** Offsets that one reading passes over at most, looking for what the group wants. */
const SPAN_MAX = 20_000;

type LogRow = {
  readonly log_offset: bigint;
  readonly event_id: string;
  readonly type: string;
  readonly version: number;
  readonly aggregate_id: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly occurred_at: Date;
};

/** As `events.read_batch` returns it: without an event where the group wants none of those that it has passed. */
type ReadRow = { readonly reached: bigint; readonly newest: bigint } & (LogRow | { readonly log_offset: null });

const READ = statement('events.read-batch', 'SELECT batch.* FROM events.read_batch($1, $2, $3, $4, $5, $6) AS batch');
const ADVANCE = statement(
  'events.advance-group',
  `UPDATE events.places SET log_offset = $2, updated_at = now() WHERE places.consumer_group = $1
   RETURNING clock_timestamp() AS at`,
);

/** What a turn has done, for the metrics, once it is committed. */
type Step = { readonly turn: Turn; readonly handled: number; readonly buried: boolean; readonly oldestAgeMs: number };

const NOTHING: Step = { turn: 'idle', handled: 0, buried: false, oldestAgeMs: 0 };

/**
 * One group's turn: claim the group, read on from its place, handle, advance, all in one transaction.
 *
 * - **Usual**: up to {@link BATCH_MAX} events at a time.
 * - **Careful**, after a batch failed: one event at a time up to the batch's last, so that the one at fault is found. That one
 *   is set aside after {@link attemptsMax} tries, and the group goes on, with later events of the same aggregate too.
 *
 * A failure that says that something cannot be reached counts for nothing: the same is tried again until it can.
 *
 * @returns the turn; it throws after a failure, for the loop to pause
 */
export function makeGroup(database: Database, consumer: Consumer, log: Log): () => Promise<Turn> {
  const { group, types, knows, handle } = consumer;
  /** The last offset of the batch that failed; careful until the group's place has come there. */
  let carefulUpTo = 0n;
  /** The event that failed on its own, and how often in a row. */
  let trouble: { readonly eventId: string; readonly attempts: number; readonly failure: unknown } | undefined;
  /** What the transaction under way was to handle. */
  let underWay: readonly LogRow[] = [];
  let isRegistered = false;

  async function step(tx: Tx): Promise<Step> {
    underWay = [];
    const read = await tx.rows<ReadRow>(READ, [group, types, BATCH_MAX, SPAN_MAX, carefulUpTo, knows ?? null]);
    const [head] = read;
    if (head === undefined) return NOTHING;
    const { reached, newest } = head;
    const rows = read.filter((row): row is ReadRow & LogRow => row.log_offset !== null);
    underWay = rows;
    const buried = rows.length > 0 && (await handleOrBury(tx, rows));
    const advanced = await firstRow<{ at: Date }>(tx, ADVANCE, [group, reached]);
    const oldest = rows[0]?.occurred_at;
    return {
      turn: reached < newest ? 'busy' : 'idle',
      handled: buried ? 0 : rows.length,
      buried,
      oldestAgeMs: oldest === undefined || advanced === undefined ? 0 : advanced.at.getTime() - oldest.getTime(),
    };
  }

  /** Whether it was set aside instead. */
  async function handleOrBury(tx: Tx, rows: readonly LogRow[]): Promise<boolean> {
    const [first] = rows;
    const isTroubled = rows.length === 1 && trouble?.eventId === first?.event_id;
    const isPoison = isTroubled && trouble!.attempts >= attemptsMax(trouble!.failure);
    if (!isPoison || first === undefined || trouble === undefined) {
      await handOver(handle, rows.map(toEvent), tx);
      return false;
    }
    const { attempts, failure } = trouble;
    await bury(tx, { group, event: toEvent(first), logOffset: first.log_offset, failure, attempts });
    return true;
  }

  /** Whether it is worth waiting before the next try. */
  function noteFailure(failure: unknown): boolean {
    const [first] = underWay;
    if (first === undefined) return true;
    if (isAway(failure)) {
      groupMetrics.failed(group, 'away');
      return true;
    }
    if (underWay.length > 1) {
      groupMetrics.failed(group, 'batch');
      carefulUpTo = underWay.at(-1)!.log_offset;
      log.warn({ group, events: underWay.length, err: failure }, 'a batch failed and is handled one event at a time');
      return false;
    }
    groupMetrics.failed(group, 'event');
    const before = trouble?.eventId === first.event_id ? trouble.attempts : 0;
    trouble = { eventId: first.event_id, attempts: before + 1, failure };
    return trouble.attempts < attemptsMax(failure);
  }

  function noteSuccess({ handled, buried, oldestAgeMs }: Step): void {
    const [first] = underWay;
    if (first === undefined) return;
    if (handled > 0) groupMetrics.handled(group, handled, oldestAgeMs);
    if (first.log_offset <= carefulUpTo) groupMetrics.oneByOne(group);
    if (buried) {
      groupMetrics.dead(group);
      const facts = { group, eventId: first.event_id, type: first.type };
      log.error(facts, 'an event could not be handled and was set aside: see npm run dlq');
    }
    trouble = undefined;
  }

  return async () => {
    if (!isRegistered) await registerGroup(database, consumer);
    isRegistered = true;
    try {
      const done = await database.transaction(step);
      noteSuccess(done);
      return done.turn;
    } catch (failure) {
      if (noteFailure(failure)) throw failure;
      return 'busy';
    }
  };
}

function toEvent(row: LogRow): StoredEvent {
  return {
    id: row.event_id,
    type: row.type,
    version: row.version,
    aggregateId: row.aggregate_id,
    occurredAt: row.occurred_at,
    data: row.data,
  };
}
