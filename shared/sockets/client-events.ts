import { z } from 'zod';
import { Count, EditedContent, SendMessage, WireMessage } from '../contracts/messaging/message.ts';
import { Emoji } from '../contracts/messaging/reaction.ts';
import { Cursor, ReceiptUpTo } from '../contracts/messaging/receipt.ts';
import { SyncReply, SyncRequest } from '../contracts/messaging/sync.ts';
import { DialogId, MessageId } from '../ids.ts';
import { Timestamp } from '../wire-time.ts';
import { PresenceReply, PresenceSubscribe } from './presence.ts';

/** Acknowledges a message that is durably stored; a repeated client_id is answered with the first message. */
export const Sent = z.object({ message_id: MessageId, seq: Count, version: Count, created_at: Timestamp });
export type Sent = z.output<typeof Sent>;

/** About one message; the dialog is the message's own. */
const ofMessage = { message_id: MessageId };

export const Typing = z.strictObject({ dialog_id: DialogId });
export type Typing = z.output<typeof Typing>;

/** The answer of an event that has nothing to say beyond "done". */
export const Nothing = z.strictObject({});

/**
 * What clients may emit, what it carries, and the `data` of its acknowledgement. Payloads are strict: an unknown field
 * is refused, as is an event that is not in this table.
 */
export const CLIENT_EVENTS = {
  'message:send': { payload: SendMessage, answer: Sent },
  'message:edit': { payload: z.strictObject({ ...ofMessage, content: EditedContent }), answer: WireMessage },
  'message:delete': { payload: z.strictObject(ofMessage), answer: WireMessage },
  'reaction:add': { payload: z.strictObject({ ...ofMessage, emoji: Emoji }), answer: WireMessage },
  'reaction:remove': { payload: z.strictObject({ ...ofMessage, emoji: Emoji }), answer: WireMessage },
  'receipt:delivered': { payload: ReceiptUpTo, answer: Cursor },
  'receipt:read': { payload: ReceiptUpTo, answer: Cursor },
  'typing:start': { payload: Typing, answer: Nothing },
  'typing:stop': { payload: Typing, answer: Nothing },
  'presence:subscribe': { payload: PresenceSubscribe, answer: PresenceReply },
  sync: { payload: SyncRequest, answer: SyncReply },
} as const satisfies Record<string, { payload: z.ZodType; answer: z.ZodType }>;

export type ClientEventName = keyof typeof CLIENT_EVENTS;
/** As the client writes it. */
export type Payload<Name extends ClientEventName> = z.input<(typeof CLIENT_EVENTS)[Name]['payload']>;
/** As the node has parsed it. */
export type Parsed<Name extends ClientEventName> = z.output<(typeof CLIENT_EVENTS)[Name]['payload']>;
export type Answer<Name extends ClientEventName> = z.output<(typeof CLIENT_EVENTS)[Name]['answer']>;
