import { z } from 'zod';
import { DialogType } from '../contracts/messaging/dialog.ts';
import { DialogId, MediaId, MessageId, UserId } from '../ids.ts';
import { defineEvent } from './event.ts';

const Seq = z.number().int().positive();

export const DialogOpened = defineEvent(
  'messaging.dialog_opened',
  1,
  z.object({
    dialog_id: DialogId,
    type: DialogType,
    creator_id: UserId,
    participant_count: z.number().int().positive(),
  }),
  { says: 'A dialog came to be.', key: 'dialog_id' },
);

export const MessagesAppended = defineEvent(
  'messaging.messages_appended',
  1,
  z.object({ dialog_id: DialogId, from_seq: Seq, to_seq: Seq }),
  {
    says:
      'Messages with the seqs `from_seq` to `to_seq`, all of them, were appended by one commit. One ' +
      'event per dialog and commit, so that a busy dialog costs the bus no more than a quiet one.',
    key: 'dialog_id',
  },
);

export const MessageChanged = defineEvent(
  'messaging.message_changed',
  1,
  z.object({
    dialog_id: DialogId,
    message_id: MessageId,
    seq: Seq,
    version: Seq,
    change: z.enum(['edited', 'deleted', 'reacted', 'unreacted']),
    by: UserId,
    showed: z
      .object({ media_id: MediaId, message_key: z.string().regex(/^[0-9a-f]{32}$/) })
      .optional()
      .describe('The file that a deleted message showed; the key names the message to media.'),
  }),
  {
    says:
      'A message was edited, deleted, or reacted to, or a reaction was taken back, by that user. It ' +
      'then has that version; what it says now is to be read from the store.',
    key: 'dialog_id',
  },
);

export const MessagesPurged = defineEvent(
  'messaging.messages_purged',
  1,
  z.object({ dialog_id: DialogId, sent_before: z.iso.datetime() }),
  {
    says:
      'All messages of a dialog that were sent before a moment ended by its retention, or with it. Told ' +
      'after each step of a purge, so more than once.',
    key: 'dialog_id',
  },
);

export const MessageReported = defineEvent(
  'messaging.message_reported',
  1,
  z.object({
    dialog_id: DialogId,
    message_id: MessageId,
    sender_id: UserId,
    reporter_id: UserId,
    audience: z.enum(['admins', 'ops']),
  }),
  {
    says:
      "A member said of someone's message that it should not be there. `audience` decides: the dialog's " +
      'owner and admins, or those who review for the platform.',
    key: 'dialog_id',
  },
);

export const ReportsDismissed = defineEvent(
  'messaging.reports_dismissed',
  1,
  z.object({ dialog_id: DialogId, message_id: MessageId, by: UserId }),
  { says: 'An admin kept a message that was reported.', key: 'dialog_id' },
);
