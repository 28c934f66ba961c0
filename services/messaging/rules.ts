import type { DeliveryStatus } from '#shared/contracts/messaging/message.ts';
import type { UserId } from '#shared/ids.ts';
import { MINUTE } from '#shared/time.ts';

/** Up to this many members everyone's cursors are shown to everyone; beyond it a message's status stays `sent`. */
export const CURSORS_SHOWN_MEMBERS_MAX = 32;

/** Dialogs that one person may be in; whoever is in as many opens no more, and so many rooms are joined at connect. */
export const DIALOGS_PER_USER_MAX = 5_000;

/** How long its sender may edit a message, as in WhatsApp: long enough for a slip, too short to rewrite a conversation. */
export const EDIT_WITHIN_MS = 15 * MINUTE;
/** Edits of one message. Each keeps a body. */
export const EDITS_PER_MESSAGE_MAX = 100;

type Progress = { readonly last_seq: bigint; readonly read_seq: bigint; readonly own_after_read: bigint };

/** Messages by others after the read cursor. One's own are never unread, and sending does not move one's cursor. */
export function unreadCount({ last_seq: lastSeq, read_seq: readSeq, own_after_read: own }: Progress): number {
  return Number(lastSeq - readSeq - own);
}

type MemberCursor = { readonly user_id: UserId; readonly delivered_seq: bigint; readonly read_seq: bigint };
type Delivery = { readonly delivery_status: DeliveryStatus; readonly read_receipts: { user_id: UserId }[] };

/**
 * How far a message has got. `delivered` and `read` are said when they hold for every other member.
 * `cursors` are those of all members, or none where they are not shown.
 */
export function deliveryOf(senderId: UserId, seq: bigint, cursors: readonly MemberCursor[]): Delivery {
  const others = cursors.filter((cursor) => cursor.user_id !== senderId);
  const readers = others.filter((cursor) => cursor.read_seq >= seq);
  const receivers = others.filter((cursor) => cursor.delivered_seq >= seq);
  return {
    delivery_status: statusOf(others.length, receivers.length, readers.length),
    read_receipts: readers.map((cursor) => ({ user_id: cursor.user_id })),
  };
}

function statusOf(others: number, receivers: number, readers: number): DeliveryStatus {
  if (others === 0) return 'sent';
  if (readers === others) return 'read';
  return receivers === others ? 'delivered' : 'sent';
}
