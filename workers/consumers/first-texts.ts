import { setTimeout as sleep } from 'node:timers/promises';
import { OtpRequested } from '#shared/events/auth.ts';
import type { Consumer } from '#shared/events/bus.ts';
import { dataOf, type StoredEvent } from '#shared/events/event.ts';
import type { ChallengeId } from '#shared/ids.ts';
import type { Clock } from '#shared/time.ts';

type Requested = { readonly challengeId: ChallengeId; readonly webHost?: string | undefined };

export type FirstTextsPorts = {
  /** Sends the texts of those that nobody has begun to send. */
  readonly sendUnsent: (challenges: readonly Requested[]) => Promise<void>;
  /** How long a workflow has for beginning: the setting OTP_SENT_WITHOUT_WORKFLOW_AFTER, in milliseconds. The
   * group's transaction waits for it, so it is seconds. */
  readonly afterMs: number;
  readonly clock: Clock;
};

/**
 * Sends codes that no workflow has begun to send in time, so that people log in while Temporal is away or behind.
 *
 * It reads the same events as the workflow driver, from a place of its own, and stays as far behind them as workflows
 * have time for. Which of the two sends is decided by the row that either writes first; a repeat after a crash finds it.
 */
export function makeFirstTexts({ sendUnsent, afterMs, clock }: FirstTextsPorts): Consumer {
  async function ripen(last: StoredEvent): Promise<void> {
    const leftMs = last.occurredAt.getTime() + afterMs - clock().getTime();
    // Whatever the clocks say of each other, nobody waits longer.
    if (leftMs > 0) await sleep(Math.min(leftMs, afterMs));
  }

  return {
    group: 'first-texts',
    types: [OtpRequested.type],
    handle: async (events) => {
      const nowMs = clock().getTime();
      const requested = events.flatMap((event) => {
        const data = dataOf(OtpRequested, event);
        if (data === undefined || Date.parse(data.expires_at) <= nowMs) return [];
        return [{ challengeId: data.challenge_id, webHost: data.web_host }];
      });
      const last = events.at(-1);
      if (requested.length === 0 || last === undefined) return;
      await ripen(last);
      await sendUnsent(requested);
    },
  };
}
