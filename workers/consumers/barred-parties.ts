import type { Consumer } from '#shared/events/bus.ts';
import { dataOf } from '#shared/events/event.ts';
import { CaseChanged, ListHitChanged } from '#shared/events/verification.ts';
import type { UserId } from '#shared/ids.ts';

export type BarredPartiesPorts = {
  /** Copies whether a list has someone's name, as it is known now. */
  readonly copyParty: (userId: UserId, source: string) => Promise<void>;
};

/**
 * Keeps payments' copy of who is on a list of sanctions. The truth is asked for at that moment, so events may come late and
 * again.
 */
export function makeBarredParties({ copyParty }: BarredPartiesPorts): Consumer {
  return {
    group: 'barred-parties',
    types: [CaseChanged.type, ListHitChanged.type],
    handle: async (events) => {
      for (const event of events) {
        const news = dataOf(CaseChanged, event) ?? dataOf(ListHitChanged, event);
        if (news !== undefined) await copyParty(news.owner_id, news.case_id);
      }
    },
  };
}
