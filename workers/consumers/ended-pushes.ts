import { SessionRevoked } from '#shared/events/auth.ts';
import type { Consumer } from '#shared/events/bus.ts';
import { dataOf } from '#shared/events/event.ts';
import type { SessionId, UserId } from '#shared/ids.ts';

export type EndedPushesPorts = {
  /** Pushes no more to what these sessions of someone brought. */
  readonly retireSessions: (userId: UserId, sessionIds: readonly SessionId[]) => Promise<void>;
};

/** A device whose session has ended is pushed to no more: whoever holds it may be another person by then. */
export function makeEndedPushes({ retireSessions }: EndedPushesPorts): Consumer {
  return {
    group: 'ended-pushes',
    types: [SessionRevoked.type],
    handle: async (events) => {
      const ended = events.flatMap((event) => dataOf(SessionRevoked, event) ?? []);
      const byUser = Map.groupBy(ended, ({ user_id }) => user_id);
      for (const [userId, sessions] of byUser) {
        await retireSessions(
          userId,
          sessions.map(({ session_id }) => session_id),
        );
      }
    },
  };
}
