import type { Participant, WireDialog } from '#shared/contracts/messaging/dialog.ts';
import type { WireMessage } from '#shared/contracts/messaging/message.ts';
import type { Receipt } from '#shared/contracts/messaging/receipt.ts';
import type { DialogId } from '#shared/ids.ts';
import type { Body } from './encryption/seal.ts';
import { deliveryOf, unreadCount } from './rules.ts';
import type { DialogRow } from './store/dialogs.ts';
import type { MessageRow } from './store/messages.ts';
import type { CursorRow, ParticipantRow } from './store/participants.ts';
import type { ReactionRow } from './store/reactions.ts';

/** Rows by the dialog that they belong to. */
export function byDialog<Row extends { readonly dialog_id: DialogId }>(rows: readonly Row[]): Map<DialogId, Row[]> {
  return Map.groupBy(rows, (row) => row.dialog_id);
}

/** A message as members see it; `body` is undefined for a deleted one. */
export function messageOf(
  row: MessageRow,
  body: Body | undefined,
  cursors: readonly CursorRow[],
  reactions: readonly ReactionRow[] = [],
): WireMessage {
  return {
    id: row.id,
    dialog_id: row.dialog_id,
    seq: Number(row.seq),
    version: Number(row.version),
    client_id: row.client_id,
    sender_id: row.sender_id,
    content: body?.content ?? null,
    message_type: row.message_type,
    metadata: body?.metadata ?? null,
    reply_to_id: row.reply_to_id,
    reactions: reactions.map(({ emoji, count, user_ids: userIds }) => ({ emoji, count, user_ids: [...userIds] })),
    ...deliveryOf(row.sender_id, row.seq, cursors),
    edited_at: row.edited_at?.toISOString() ?? null,
    deleted_at: row.deleted_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
  };
}

export function dialogOf(
  row: DialogRow,
  members: readonly ParticipantRow[],
  lastMessage: WireMessage | undefined,
): WireDialog {
  return {
    id: row.id,
    type: row.type,
    name: row.name,
    description: row.description,
    avatar_url: row.avatar_url,
    participant_count: row.participant_count,
    participants: members.map(participantOf),
    settings: {
      is_public: row.is_public,
      allow_media: row.allow_media,
      message_retention_days: row.message_retention_days,
      moderation_enabled: row.moderation_enabled,
    },
    pinned_message_ids: [...row.pinned_message_ids],
    muted_until: row.muted_until?.toISOString() ?? null,
    last_message: lastMessage ?? null,
    unread_count: unreadCount(row),
    mention_count: row.mention_count,
    last_seq: Number(row.last_seq),
    version: Number(row.version),
    last_message_at: row.last_message_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

function participantOf(row: ParticipantRow): Participant {
  return { user_id: row.user_id, role: row.role, joined_at: row.joined_at.toISOString() };
}

export function receiptOf(row: CursorRow): Omit<Receipt, 'dialog_id'> {
  return { user_id: row.user_id, delivered_seq: Number(row.delivered_seq), read_seq: Number(row.read_seq) };
}
