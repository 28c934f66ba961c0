import type { Consumer } from '#shared/events/bus.ts';
import { dataOf, type StoredEvent } from '#shared/events/event.ts';
import { MessageChanged, MessagesPurged } from '#shared/events/messaging.ts';
import type { DialogId, MediaId, UserId } from '#shared/ids.ts';

type Showing = { readonly mediaId: MediaId; readonly dialogId: DialogId; readonly messageKey: string };

export type FileEndingsPorts = {
  /** A message shows a file no more. */
  readonly detach: (showing: Showing, by: UserId) => Promise<void>;
  /** Nor do those of a dialog that were sent before a moment. */
  readonly detachPurged: (dialogId: DialogId, sentBefore: Date) => Promise<void>;
};

/**
 * Lets files end with the last message that shows them: with the deleted ones, unless the process that deleted died before
 * it could say so itself, and with those that retention has purged. Both may be said again and late.
 */
export function makeFileEndings({ detach, detachPurged }: FileEndingsPorts): Consumer {
  async function end(event: StoredEvent): Promise<void> {
    const change = dataOf(MessageChanged, event);
    if (change?.showed !== undefined) {
      const { media_id: mediaId, message_key: messageKey } = change.showed;
      return await detach({ mediaId, dialogId: change.dialog_id, messageKey }, change.by);
    }
    const purged = dataOf(MessagesPurged, event);
    if (purged !== undefined) await detachPurged(purged.dialog_id, new Date(purged.sent_before));
  }

  return {
    group: 'file-endings',
    types: [MessageChanged.type, MessagesPurged.type],
    handle: async (events) => {
      for (const event of events) await end(event);
    },
  };
}
