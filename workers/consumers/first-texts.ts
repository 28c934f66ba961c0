import { setTimeout as sleep } from 'node:timers/promises';
import { OtpRequested } from '#shared/events/auth.ts';
import type { Consumer } from '#shared/events/bus.ts';
import { dataOf, type StoredEvent } from '#shared/events/event.ts';
import type { ChallengeId } from '#shared/ids.ts';
import { firstRow, statement } from '#shared/sql.ts';

const NOW = statement('first-texts.now', 'SELECT clock_timestamp() AS now');

type Requested = { readonly challengeId: ChallengeId; readonly webHost?: string | undefined };

export type FirstTextsPorts = {
  /** Sends the texts of those that nobody has begun to send. */
  readonly sendUnsent: (challenges: readonly Requested[]) => Promise<void>;
  /** How long a workflow has for beginning: the setting OTP_SENT_WITHOUT_WORKFLOW_AFTER, in milliseconds. The
   * group's transaction waits for it, so it is seconds. */
  readonly afterMs: number;
};

/**
 * Sends codes that no workflow has begun to send in time, so that people log in while Temporal is away or behind.
 *
 * It reads the same events as the workflow driver, from a place of its own, and stays as far behind them as workflows
 * have time for. Which of the two sends is decided by the row that either writes first; a repeat after a crash finds it.
 * Times are the database's, which has written when a code was asked for and when it expires: a process whose clock is ahead
 * would take every code for expired.
 */
export function makeFirstTexts({ sendUnsent, afterMs }: FirstTextsPorts): Consumer {
  async function ripen(last: StoredEvent, nowMs: number): Promise<void> {
    const leftMs = last.occurredAt.getTime() + afterMs - nowMs;
    // Whatever the clocks of several databases say of each other, nobody waits longer.
    if (leftMs > 0) await sleep(Math.min(leftMs, afterMs));
  }

  return {
    group: 'first-texts',
    types: [OtpRequested.type],
    handle: async (events, tx) => {
      const nowMs = (await firstRow<{ now: Date }>(tx, NOW))!.now.getTime();
      const requested = events.flatMap((event) => {
        const data = dataOf(OtpRequested, event);
        if (data === undefined || Date.parse(data.expires_at) <= nowMs) return [];
        return [{ challengeId: data.challenge_id, webHost: data.web_host }];
      });
      const last = events.at(-1);
      if (requested.length === 0 || last === undefined) return;
      await ripen(last, nowMs);
      await sendUnsent(requested);
    },
  };
}
