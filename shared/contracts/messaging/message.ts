import { z } from 'zod';
import { DialogId, MessageId, UserId } from '../../ids.ts';
import { Timestamp } from '../../wire-time.ts';
import { Count } from './count.ts';
import {
  AudioMetadata,
  FileMetadata,
  ImageMetadata,
  LocationMetadata,
  Metadata,
  StickerMetadata,
  TextMetadata,
  VideoMetadata,
} from './metadata.ts';
import { WireReaction } from './reaction.ts';
import { characters, line } from '../text.ts';

const MESSAGE_TYPES = ['text', 'image', 'video', 'audio', 'file', 'location', 'sticker', 'system'] as const;
export const MessageType = z.enum(MESSAGE_TYPES);
export type MessageType = z.infer<typeof MessageType>;

export { Count };

/** The sender's own key of a message, unique per sender and dialog for ever. */
const ClientId = line(1, 64);

const CONTENT_CHARACTERS_MAX = 4000;
/** What goes with a location, a sticker or a file: a caption, which may be empty. */
const Caption = characters(0, CONTENT_CHARACTERS_MAX).default('');
const Text = characters(1, CONTENT_CHARACTERS_MAX);

/**
 * What a person may send, by type; `system` messages are the server's own. `own` are the fields of the transport:
 * over HTTP the dialog is in the path and client_id may be left out, over sockets both are in the payload.
 */
function outgoing<Own extends z.ZodRawShape>(own: Own) {
  const common = { ...own, reply_to_id: MessageId.nullish() };
  return z.discriminatedUnion('message_type', [
    z.strictObject({
      ...common,
      message_type: z.literal('text'),
      content: Text,
      metadata: TextMetadata.nullish(),
    }),
    z.strictObject({ ...common, message_type: z.literal('location'), content: Caption, metadata: LocationMetadata }),
    z.strictObject({ ...common, message_type: z.literal('sticker'), content: Caption, metadata: StickerMetadata }),
    z.strictObject({ ...common, message_type: z.literal('image'), content: Caption, metadata: ImageMetadata }),
    z.strictObject({ ...common, message_type: z.literal('video'), content: Caption, metadata: VideoMetadata }),
    z.strictObject({ ...common, message_type: z.literal('audio'), content: Caption, metadata: AudioMetadata }),
    z.strictObject({ ...common, message_type: z.literal('file'), content: Caption, metadata: FileMetadata }),
  ]);
}

/** What an edited message says now; it may be empty only where it is a caption. */
export const EditedContent = characters(0, CONTENT_CHARACTERS_MAX);

/** The body of `POST /dialogs/{id}/messages`. */
export const MessageBody = outgoing({ client_id: ClientId.optional() });
export type MessageBody = z.output<typeof MessageBody>;

/** The payload of the socket event `message:send`. */
export const SendMessage = outgoing({ dialog_id: DialogId, client_id: ClientId });
export type SendMessage = z.output<typeof SendMessage>;

export const DeliveryStatus = z.enum(['sent', 'delivered', 'read']);
export type DeliveryStatus = z.infer<typeof DeliveryStatus>;

/** A message as members see it. A deleted one is a stub: `deleted_at` is set, content and metadata are null. */
export const WireMessage = z
  .object({
    id: MessageId,
    dialog_id: DialogId,
    /** Place in the dialog: gap-free from 1. */
    seq: Count,
    /** The dialog's change counter when this message last changed. */
    version: Count,
    client_id: z.string(),
    sender_id: UserId,
    content: z.string().nullable(),
    message_type: MessageType,
    metadata: Metadata.nullable(),
    reply_to_id: MessageId.nullable(),
    /** In the order of the first reaction with each emoji. */
    reactions: z.array(WireReaction),
    /** `delivered` and `read` mean by every other member. */
    delivery_status: DeliveryStatus,
    /** Members other than the sender who have read it; filled in dialogs of at most 32 members, listed by a call in larger ones. */
    read_receipts: z.array(z.object({ user_id: UserId })),
    edited_at: Timestamp.nullable(),
    deleted_at: Timestamp.nullable(),
    created_at: Timestamp,
  })
  .meta({ id: 'Message' });
export type WireMessage = z.output<typeof WireMessage>;

/** What the socket events `message:new`, `message:updated` and `message:deleted` carry. Versions are dense per dialog. */
export const MessageChange = z.object({ dialog_id: DialogId, version: Count, message: WireMessage });
export type MessageChange = z.output<typeof MessageChange>;
