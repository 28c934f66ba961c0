import { PhoneChanged } from '#shared/events/auth.ts';
import type { Consumer } from '#shared/events/bus.ts';
import { dataOf } from '#shared/events/event.ts';
import type { Country } from '#shared/regions.ts';

export type OldNumbersPorts = {
  /** Rejects when nobody could be told yet. */
  readonly tellOldNumber: (changeId: string, country: Country) => Promise<void>;
};

/** Has the number that an account has left told of it; one that was told is not told again. */
export function makeOldNumbers({ tellOldNumber }: OldNumbersPorts): Consumer {
  return {
    group: 'old-numbers',
    types: [PhoneChanged.type],
    handle: async (events) => {
      for (const event of events) {
        const changed = dataOf(PhoneChanged, event);
        if (changed !== undefined) await tellOldNumber(changed.change_id, changed.country);
      }
    },
  };
}
