import { z } from 'zod';
import { MessageId, UserId } from '../../ids.ts';
import { DialogSettings } from './dialog-settings.ts';
import { ParticipantRole } from './participant.ts';

const people = { user_ids: z.array(UserId) };

/**
 * The metadata of a message of type `system`: what the sender did to the dialog. Its content is empty; clients put it
 * into words in their user's language. Only the server writes these.
 */
export const SystemNotice = z.discriminatedUnion('action', [
  z.object({ action: z.literal('joined') }),
  z.object({ action: z.literal('left') }),
  z.object({ action: z.literal('added'), ...people }),
  z.object({ action: z.literal('removed'), ...people }),
  /** `owner`: the sender handed the dialog over. */
  z.object({ action: z.literal('role_changed'), ...people, role: ParticipantRole }),
  z.object({ action: z.literal('renamed'), name: z.string() }),
  z.object({ action: z.literal('described'), description: z.string().nullable() }),
  z.object({ action: z.literal('pictured'), avatar_url: z.string().nullable() }),
  z.object({ action: z.literal('settings_changed'), settings: DialogSettings.partial() }),
  z.object({ action: z.literal('pinned'), message_id: MessageId }),
  z.object({ action: z.literal('unpinned'), message_id: MessageId }),
]);
export type SystemNotice = z.output<typeof SystemNotice>;
