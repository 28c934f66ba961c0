import { BlockChanged } from '#shared/events/auth-contacts.ts';
import type { Consumer } from '#shared/events/bus.ts';
import { dataOf } from '#shared/events/event.ts';
import type { UserId } from '#shared/ids.ts';

export type BlockCopiesPorts = {
  /** Copies whether the first has blocked the second, as it is now. */
  readonly copyBlock: (blocker: UserId, blocked: UserId) => Promise<void>;
};

/**
 * Brings messaging's copies of blocks up to date. They were copied when the block changed, unless the process died in
 * between; copying again, or late, is harmless, because the truth is asked for at that moment.
 */
export function makeBlockCopies({ copyBlock }: BlockCopiesPorts): Consumer {
  return {
    group: 'block-copies',
    types: [BlockChanged.type],
    handle: async (events) => {
      for (const event of events) {
        const change = dataOf(BlockChanged, event);
        if (change !== undefined) await copyBlock(change.blocker_id, change.blocked_id);
      }
    },
  };
}
