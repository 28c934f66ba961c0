import type { Consumer } from '#shared/events/bus.ts';
import type { Log } from '#shared/log.ts';
import { SECOND } from '#shared/time.ts';
import type { Database } from '#shared/sql.ts';
import { type BackOff, pauseAfter } from '../back-off.ts';
import { bury } from '../dead-letters/letters.ts';
import { groupMetrics } from '../event-metrics.ts';
import { attemptsMax, handOver, isAway } from '../hand-over.ts';
import { markHandled, unhandled } from './handled.ts';
import type { EventRecord } from './record.ts';

const BACK_OFF: BackOff = { firstMs: 100, mostMs: 5 * SECOND };
/** How soon a group is asked for again that another process hands events to. It does so for milliseconds. */
const LOCK_AGAIN_AFTER_MS = 20;

/** What a group could not handle, and why, on its way to the topic of dead letters. */
export type DeadEvent = { readonly group: string; readonly record: EventRecord; readonly reason: string };

type Options = {
  readonly database: Database;
  readonly consumer: Consumer;
  readonly log: Log;
  /** Tells other systems of a dead letter; may tell them twice. */
  readonly announceDead: (dead: DeadEvent) => Promise<void>;
};

/**
 * Waits between tries.
 *
 * @throws when the wait is of no use any more: the process is to stop, or the group has been dealt out anew
 */
export type Pause = (ms: number) => Promise<void>;

/** Returns when every record has been handled, once in effect, or set aside. It throws only what `pause` throws. */
export type Deliver = (records: readonly EventRecord[], pause: Pause) => Promise<void>;

/**
 * Hands records to a consumer, in order: effect and marks of what is handled in one transaction.
 *
 * When a batch fails it goes on one event at a time, so that the one at fault is found; that one is set aside after
 * {@link attemptsMax} tries. A failure that says that something cannot be reached counts for nothing: the same is tried again.
 */
export function makeDelivery({ database, consumer, log, announceDead }: Options): Deliver {
  const { group, handle } = consumer;

  /** False when another process of the group is at it. */
  async function handled(records: readonly EventRecord[]): Promise<boolean> {
    const fresh = await database.transaction(async (tx) => {
      const fresh = await unhandled(tx, group, records);
      if (fresh === undefined || fresh.length === 0) return fresh;
      // Marked last: until something is written, a handler that waits for others keeps nobody from cleaning up.
      await handOver(
        handle,
        fresh.map(({ event }) => event),
        tx,
      );
      await markHandled(tx, group, fresh);
      return fresh;
    });
    const oldest = fresh?.[0];
    if (oldest !== undefined)
      groupMetrics.handled(group, fresh!.length, Date.now() - oldest.event.occurredAt.getTime());
    return fresh !== undefined;
  }

  /** Tries until it goes through or fails by itself; then the failure. */
  async function attempt(records: readonly EventRecord[], pause: Pause): Promise<{ failure: unknown } | undefined> {
    for (let failures = 1; ;) {
      try {
        if (await handled(records)) return undefined;
        await pause(LOCK_AGAIN_AFTER_MS);
      } catch (failure) {
        if (!isAway(failure)) return { failure };
        groupMetrics.failed(group, 'away');
        const backOffMs = Math.round(pauseAfter(failures++, BACK_OFF));
        log.warn({ group, err: failure, backOffMs }, 'events wait for something that cannot be reached');
        await pause(backOffMs);
      }
    }
  }

  async function oneOf(record: EventRecord, pause: Pause): Promise<void> {
    groupMetrics.oneByOne(group);
    for (let attempts = 1; ; attempts++) {
      const failed = await attempt([record], pause);
      if (failed === undefined) return;
      groupMetrics.failed(group, 'event');
      if (attempts >= attemptsMax(failed.failure)) return await setAside(record, failed.failure, attempts, pause);
      const { id: eventId, type } = record.event;
      log.warn({ group, eventId, type, attempts, err: failed.failure }, 'an event failed and will be tried again');
      await pause(pauseAfter(attempts, BACK_OFF));
    }
  }

  async function setAside(record: EventRecord, failure: unknown, attempts: number, pause: Pause): Promise<void> {
    const { event, logOffset } = record;
    const burial = { group, event, failure, attempts, ...(logOffset !== undefined && { logOffset }) };
    const reason = failure instanceof Error ? failure.message : String(failure);
    for (let failures = 1; ; failures++) {
      try {
        await announceDead({ group, record, reason });
        await database.transaction(async (tx) => {
          await markHandled(tx, group, [record]);
          await bury(tx, burial);
        });
        break;
      } catch (error) {
        log.warn({ group, err: error }, 'a dead letter waits for something that cannot be reached');
        await pause(pauseAfter(failures, BACK_OFF));
      }
    }
    groupMetrics.dead(group);
    const facts = { group, eventId: event.id, type: event.type };
    log.error(facts, 'an event could not be handled and was set aside: see npm run dlq');
  }

  return async (records, pause) => {
    const failed = await attempt(records, pause);
    if (failed === undefined) return;
    if (records.length > 1) {
      groupMetrics.failed(group, 'batch');
      const facts = { group, events: records.length, err: failed.failure };
      log.warn(facts, 'a batch failed and is handled one event at a time');
    }
    for (const record of records) await oneOf(record, pause);
  };
}
