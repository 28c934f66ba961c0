import type { Consumer } from '#shared/events/bus.ts';
import type { AuditEntry, Outbox } from '#shared/events/event.ts';
import type { Log } from '#shared/log.ts';
import type { Database, Tx } from '#shared/sql.ts';
import { SECOND } from '#shared/time.ts';
import { groupMetrics } from '../event-metrics.ts';
import { lockGroup } from '../group-lock.ts';
import { handOver, isAway } from '../hand-over.ts';
import { type Loop, startLoop } from '../loop.ts';
import { askedLetters, eventOf, failedAgain, type LetterKey, settleReplayed, takeAsked } from './letters.ts';

/** How soon a replay begins that was asked for. */
const LOOK_EVERY_MS = SECOND;
/** Letters of one turn. */
const LETTERS_MAX = 100;

type ReplayOptions = {
  readonly database: Database;
  readonly consumers: readonly Consumer[];
  readonly outbox: Outbox;
  readonly log: Log;
};

/**
 * Hands dead letters to their groups once more, when someone has asked for it, whichever bus carries to them.
 *
 * Effect, the letter's new status and the audit entry are one transaction, under the lock of the group, so that the event has
 * its effect once however many processes look, and the group does nothing else meanwhile. One try for each time that it was
 * asked for; while something cannot be reached, the letter stays asked and is tried again.
 */
export function startReplays({ database, consumers, outbox, log }: ReplayOptions): Loop {
  const handlers = new Map(consumers.map((consumer) => [consumer.group, consumer.handle]));

  async function replay(tx: Tx, key: LetterKey): Promise<boolean> {
    await lockGroup(tx, key.group);
    const letter = await takeAsked(tx, key);
    const handle = handlers.get(key.group);
    if (letter === undefined || handle === undefined) return false;
    await handOver(handle, [eventOf(letter)], tx);
    await settleReplayed(tx, key);
    await outbox.append(tx, { audit: [entry(key, letter.asked_by, 'ok')] });
    return true;
  }

  async function setBack(tx: Tx, key: LetterKey, failure: unknown): Promise<void> {
    const askedBy = await failedAgain(tx, key, failure);
    if (askedBy !== undefined) await outbox.append(tx, { audit: [entry(key, askedBy, 'failed')] });
  }

  /** The failure when something could not be reached. */
  async function replayOrSetBack(key: LetterKey): Promise<unknown> {
    try {
      if (await database.transaction((tx) => replay(tx, key))) groupMetrics.replayed(key.group, 'ok');
      return undefined;
    } catch (failure) {
      if (isAway(failure)) return failure;
      log.warn({ ...key, err: failure }, 'a dead letter could not be handled again');
      await database.transaction((tx) => setBack(tx, key, failure));
      groupMetrics.replayed(key.group, 'failed');
      return undefined;
    }
  }

  return startLoop({
    name: 'replays',
    restMs: LOOK_EVERY_MS,
    log,
    turn: async () => {
      const asked = await askedLetters(database, [...handlers.keys()], LETTERS_MAX);
      let away: unknown;
      for (const key of asked) {
        const failure = await replayOrSetBack(key);
        // What one group cannot reach does not keep the letters of others.
        away ??= failure;
      }
      if (away !== undefined) throw away;
      return asked.length === LETTERS_MAX ? 'busy' : 'idle';
    },
  });
}

/** @param by who asked for the replay */
function entry({ group, eventId }: LetterKey, by: string | null, outcome: AuditEntry['outcome']): AuditEntry {
  const actor = by ?? 'system';
  return { actor, action: 'events.dead_letter_replayed', subject: eventId, region: 'core', outcome, facts: { group } };
}
