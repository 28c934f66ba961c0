import { z } from 'zod';
import { defineCall } from '../http/call.ts';
import { limit } from '../http/paging.ts';
import { DialogId, MessageId } from '../ids.ts';
import { changeCalls } from './messaging/changes.ts';
import { DialogType, OpenDialog, WireDialog } from './messaging/dialog.ts';
import { dialogLifeCalls } from './messaging/dialog-life.ts';
import { Count, MessageBody, WireMessage } from './messaging/message.ts';
import { Cursor, ReceiptBody } from './messaging/receipt.ts';
import { opsReportCalls } from './messaging/ops-reports.ts';
import { reportCalls } from './messaging/reports.ts';
import { searchMessages } from './messaging/search.ts';

const dialogParams = z.object({ id: DialogId });

/** Far more pages than a person has: bounds what one call may skip over. */
const PAGE_MAX = 1000;

export const listDialogs = defineCall({
  name: 'listDialogs',
  method: 'GET',
  path: '/dialogs',
  summary: "The caller's dialogs, last activity first",
  tag: 'messaging',
  access: 'user',
  query: z.strictObject({
    page: z.coerce.number().int().min(1).max(PAGE_MAX).default(1),
    limit: limit(20),
    type: DialogType.optional(),
  }),
  answers: {
    200: z.object({
      dialogs: z.array(WireDialog),
      pagination: z.object({ page: Count, limit: Count, total: Count, has_next: z.boolean() }),
    }),
  },
  rate: 'read',
});

export const openDialog = defineCall({
  name: 'openDialog',
  method: 'POST',
  path: '/dialogs',
  summary: 'Opens a dialog; 200 with the existing one for a direct dialog that the pair already has',
  tag: 'messaging',
  access: 'user',
  body: OpenDialog,
  answers: { 200: WireDialog, 201: WireDialog },
  refuses: ['NOT_FOUND'],
  idempotency: 'accepted',
  rate: 'write',
});

export const getDialog = defineCall({
  name: 'getDialog',
  method: 'GET',
  path: '/dialogs/{id}',
  summary: 'One dialog with its participants',
  tag: 'messaging',
  access: 'user',
  params: dialogParams,
  answers: { 200: WireDialog },
  rate: 'read',
});

/** A place in a dialog: a seq, or the id of a message in it. */
const Place = z.union([
  z
    .string()
    .regex(/^\d{1,15}$/, 'must be a seq or a message id')
    .transform(Number),
  MessageId,
]);
export type Place = z.output<typeof Place>;

export const listMessages = defineCall({
  name: 'listMessages',
  method: 'GET',
  path: '/dialogs/{id}/messages',
  summary: 'Messages ascending by seq; the newest page without before and after',
  tag: 'messaging',
  access: 'user',
  params: dialogParams,
  query: z
    .strictObject({ before: Place.optional(), after: Place.optional(), limit: limit(50) })
    .refine((query) => query.before === undefined || query.after === undefined, {
      error: 'before and after exclude each other',
      path: ['after'],
    }),
  /** `has_more`: there are more in the direction of reading, older ones except with `after`. */
  answers: { 200: z.object({ messages: z.array(WireMessage), has_more: z.boolean() }) },
  rate: 'read',
});

export const sendMessage = defineCall({
  name: 'sendMessage',
  method: 'POST',
  path: '/dialogs/{id}/messages',
  summary: 'Sends a message; 200 with the first one when its client_id was used before',
  tag: 'messaging',
  access: 'user',
  params: dialogParams,
  body: MessageBody,
  answers: { 200: WireMessage, 201: WireMessage },
  idempotency: 'accepted',
  rate: 'write',
});

export const advanceReceipt = defineCall({
  name: 'advanceReceipt',
  method: 'POST',
  path: '/dialogs/{id}/receipts',
  summary: "Moves the caller's cursors forward; they are clamped to the last message and never go back",
  tag: 'messaging',
  access: 'user',
  params: dialogParams,
  body: ReceiptBody,
  answers: { 200: Cursor },
  rate: 'write',
});

export { searchMessages };

export const messagingCalls = [
  listDialogs,
  openDialog,
  getDialog,
  listMessages,
  sendMessage,
  advanceReceipt,
  searchMessages,
  ...changeCalls,
  ...reportCalls,
  ...opsReportCalls,
  ...dialogLifeCalls,
] as const;
