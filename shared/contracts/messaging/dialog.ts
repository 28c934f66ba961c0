import { z } from 'zod';
import { DialogId, MessageId, UserId } from '../../ids.ts';
import { Timestamp } from '../../wire-time.ts';
import { DialogSettings } from './dialog-settings.ts';
import { Count, WireMessage } from './message.ts';
import { Participant } from './participant.ts';
import { PublicUrl } from '../public-url.ts';
import { characters, line } from '../text.ts';

const DIALOG_TYPES = ['direct', 'group', 'channel'] as const;
export const DialogType = z.enum(DIALOG_TYPES);
export type DialogType = z.infer<typeof DialogType>;

export { Participant, ParticipantRole } from './participant.ts';

/** A group has 3 to 1,000 people, its creator included; a channel grows by joining. */
const OTHERS_MAX = 999;

const Others = z
  .array(UserId)
  .max(OTHERS_MAX)
  .refine((ids) => new Set(ids).size === ids.length, 'must name each person once');

const named = {
  name: line(1, 100),
  description: characters(0, 500).nullish(),
  avatar_url: PublicUrl.nullish(),
};

/** The body of `POST /dialogs`. `participant_ids` are the others: the creator is added as owner. */
export const OpenDialog = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('direct'),
    participant_ids: Others.length(1, 'must name exactly one other person'),
    /** A direct dialog is named after the other person on each side; a name that is sent has no effect. */
    name: line(1, 100).nullish(),
    description: characters(0, 500).nullish(),
    avatar_url: PublicUrl.nullish(),
  }),
  z.strictObject({
    ...named,
    type: z.literal('group'),
    participant_ids: Others.min(2, 'must name at least two other people'),
  }),
  z.strictObject({ ...named, type: z.literal('channel'), participant_ids: Others.default([]) }),
]);
export type OpenDialog = z.output<typeof OpenDialog>;

/** A dialog as one of its members sees it. */
export const WireDialog = z
  .object({
    id: DialogId,
    type: DialogType,
    /** Null for a direct dialog. */
    name: z.string().nullable(),
    description: z.string().nullable(),
    avatar_url: z.string().nullable(),
    participant_count: Count,
    /**
     * Owner and admins first, then by time of joining. All of them for one dialog, at most 100 of each in a list. The
     * readers of a channel are not listed, the caller aside.
     */
    participants: z.array(Participant),
    settings: DialogSettings,
    /** The last one pinned comes last. */
    pinned_message_ids: z.array(MessageId),
    /** Until then the caller wants no notifications of it; in the past or null: they do. */
    muted_until: Timestamp.nullable(),
    last_message: WireMessage.nullable(),
    /** Messages by others after the caller's read cursor. */
    unread_count: Count,
    /** Of these, messages that mention the caller; the same on every device. */
    mention_count: Count,
    /** The seq of the newest message; 0 when there is none. */
    last_seq: Count,
    /** The change counter of the dialog's messages: what `sync` takes as `after_version`. */
    version: Count,
    last_message_at: Timestamp.nullable(),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'Dialog' });
export type WireDialog = z.output<typeof WireDialog>;

/**
 * A dialog that has changed, as the socket event `dialog:updated` tells its members: without what each member has of
 * their own, and with at most 100 participants.
 */
export const DialogUpdate = WireDialog.pick({
  id: true,
  type: true,
  name: true,
  description: true,
  avatar_url: true,
  participant_count: true,
  participants: true,
  settings: true,
  pinned_message_ids: true,
  created_at: true,
  updated_at: true,
}).extend({
  /** Only to the devices of the one who has just set it. */
  muted_until: Timestamp.nullable().optional(),
});
export type DialogUpdate = z.output<typeof DialogUpdate>;

/** The socket event `dialog:removed`: the user is no longer in it, because they left, were removed, or it was deleted. */
export const DialogRemoved = z.object({
  id: DialogId,
  dialog_id: DialogId,
  type: DialogType,
  reason: z.enum(['left', 'removed', 'deleted']),
});
export type DialogRemoved = z.output<typeof DialogRemoved>;
