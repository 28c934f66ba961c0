import type { Create } from '../create/create.ts';
import { messagePush } from '../from-events/messages.ts';
import type { Consumer } from '#shared/events/bus.ts';
import { dataOf, type StoredEvent } from '#shared/events/event.ts';
import { MessagesAppended } from '#shared/events/messaging.ts';
import type { DialogId, UserId } from '#shared/ids.ts';

/** Seqs of a dialog that were appended, both ends included. */
type Fresh = { readonly dialogId: DialogId; readonly from: number; readonly to: number };

/** Who is to hear of them, as messaging knows. */
type DialogNews = {
  readonly dialogId: DialogId;
  readonly type: 'direct' | 'group' | 'channel';
  readonly hearers: readonly {
    readonly userId: UserId;
    /** The last message that is for them, who wrote it, and who has named them last. */
    readonly seq: number;
    readonly senderId: UserId;
    readonly mentionedBy: UserId | undefined;
  }[];
};

export type MessagePushesPorts = {
  /** Who is away and has not muted it. */
  readonly whoToTell: (fresh: readonly Fresh[]) => Promise<readonly DialogNews[]>;
  readonly create: Create;
};

/**
 * Wakes the phones of those who are away when messages come. It follows the log, as the search index does, so that sending
 * pays nothing for it: what comes to one dialog within a turn is looked at once.
 */
export function makeMessagePushes({ whoToTell, create }: MessagePushesPorts): Consumer {
  return {
    group: 'message-pushes',
    types: [MessagesAppended.type],
    handle: async (events, tx) => {
      const last = new Map<string, StoredEvent>();
      const fresh = new Map<string, Fresh>();
      for (const event of events) {
        const appended = dataOf(MessagesAppended, event);
        if (appended === undefined) continue;
        const { dialog_id: dialogId, from_seq: from, to_seq: to } = appended;
        const before = fresh.get(dialogId);
        fresh.set(dialogId, {
          dialogId,
          from: Math.min(from, before?.from ?? from),
          to: Math.max(to, before?.to ?? to),
        });
        last.set(dialogId, event);
      }
      if (fresh.size === 0) return;
      const news = await whoToTell([...fresh.values()]);
      const wanted = news.flatMap(({ dialogId, type, hearers }) => {
        const { id: eventId, occurredAt: at } = last.get(dialogId)!;
        const isDirect = type === 'direct';
        return hearers.map((hearer) => messagePush({ ...hearer, eventId, at, dialogId, isDirect }));
      });
      if (wanted.length > 0) await create(wanted, { tx });
    },
  };
}
