import type { DialogUpdate, WireDialog } from '#shared/contracts/messaging/dialog.ts';
import { MEMBERS_IN_LIST_MAX } from '../reading.ts';

/** A dialog without what the one who sees it has of their own. */
export function updateOf(dialog: WireDialog): DialogUpdate {
  return {
    id: dialog.id,
    type: dialog.type,
    name: dialog.name,
    description: dialog.description,
    avatar_url: dialog.avatar_url,
    participant_count: dialog.participant_count,
    participants: dialog.participants.slice(0, MEMBERS_IN_LIST_MAX),
    settings: dialog.settings,
    pinned_message_ids: dialog.pinned_message_ids,
    created_at: dialog.created_at,
    updated_at: dialog.updated_at,
  };
}
