import { z } from 'zod';
import { DialogRemoved, DialogUpdate, WireDialog } from '../contracts/messaging/dialog.ts';
import { Count, MessageChange } from '../contracts/messaging/message.ts';
import { Receipt } from '../contracts/messaging/receipt.ts';
import { DialogId, UserId } from '../ids.ts';
import { Timestamp } from '../wire-time.ts';
import { Presence } from './presence.ts';

/** Someone is typing, until then or until a message of theirs arrives. `until` in the past: they have stopped. */
export const TypingNotice = z.object({ dialog_id: DialogId, user_id: UserId, until: Timestamp });

/**
 * The versions that dialogs have reached. A client that has a lower one, and hears nothing that fills the gap, asks
 * `sync`: so what was lost on the way to it (a node died, Redis restarted) is found without anything new being said.
 */
export const Beacon = z.object({ dialogs: z.array(z.object({ dialog_id: DialogId, version: Count })) });

export const SessionRevoked = z.object({ reason: z.string() });

/** The resource as its HTTP call answers it, and the step that it has just taken. */
export const ResourceUpdate = z.looseObject({ step: z.string() });
export type ResourceUpdate = z.output<typeof ResourceUpdate>;

/** What nodes emit to clients. Receipt is never promised: what matters is stored, and `sync` or HTTP tells it again. */
export const SERVER_EVENTS = {
  'message:new': MessageChange,
  'message:updated': MessageChange,
  'message:deleted': MessageChange,
  receipt: Receipt,
  typing: TypingNotice,
  presence: Presence,
  beacon: Beacon,
  'dialog:new': WireDialog,
  'dialog:updated': DialogUpdate,
  'dialog:removed': DialogRemoved,
  'session:revoked': SessionRevoked,
  'order:updated': ResourceUpdate,
  'payment:updated': ResourceUpdate,
  'wallet:updated': ResourceUpdate,
  'money_request:updated': ResourceUpdate,
  'kyc:updated': ResourceUpdate,
  notification: ResourceUpdate,
} as const satisfies Record<string, z.ZodType>;

export type ServerEventName = keyof typeof SERVER_EVENTS;
export type ServerEvent<Name extends ServerEventName> = z.output<(typeof SERVER_EVENTS)[Name]>;

/** Events about a resource of one user rather than of a dialog. */
export const USER_EVENTS = [
  'order:updated',
  'payment:updated',
  'wallet:updated',
  'money_request:updated',
  'kyc:updated',
  'notification',
] as const;
export type UserEventName = (typeof USER_EVENTS)[number];

/** Socket.IO's typing of what a server may emit. */
export type ServerToClient = { [Name in ServerEventName]: (data: ServerEvent<Name>) => void };
