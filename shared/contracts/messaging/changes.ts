import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { Cursor, NextCursor, limit } from '../../http/paging.ts';
import { MessageId, UserId } from '../../ids.ts';
import { Timestamp } from '../../wire-time.ts';
import { EditedContent, WireMessage } from './message.ts';
import { Metadata } from './metadata.ts';
import { ReactionBody } from './reaction.ts';

const messageParams = z.object({ id: MessageId });

/** The body of `PATCH /messages/{id}`: the text or the caption. What else the message holds stays. */
export const EditBody = z.strictObject({ content: EditedContent });
export type EditBody = z.output<typeof EditBody>;

export const editMessage = defineCall({
  name: 'editMessage',
  method: 'PATCH',
  path: '/messages/{id}',
  summary: "Edits one's own message, its text or caption, within 15 minutes; the same content again changes nothing",
  tag: 'messaging',
  access: 'user',
  params: messageParams,
  body: EditBody,
  answers: { 200: WireMessage },
  rate: 'write',
});

export const deleteMessage = defineCall({
  name: 'deleteMessage',
  method: 'DELETE',
  path: '/messages/{id}',
  summary: "Deletes one's own message for everyone, or as an admin someone else's; a stub stays, the content does not",
  tag: 'messaging',
  access: 'user',
  params: messageParams,
  answers: { 200: WireMessage },
  rate: 'write',
});

export const addReaction = defineCall({
  name: 'addReaction',
  method: 'POST',
  path: '/messages/{id}/reactions',
  summary: 'Reacts with an emoji; several emoji of one person stand side by side, the same one twice changes nothing',
  tag: 'messaging',
  access: 'user',
  params: messageParams,
  body: ReactionBody,
  answers: { 200: WireMessage },
  rate: 'write',
});

export const removeReaction = defineCall({
  name: 'removeReaction',
  method: 'DELETE',
  path: '/messages/{id}/reactions',
  summary: "Takes one's reaction back; one that is not there changes nothing",
  tag: 'messaging',
  access: 'user',
  params: messageParams,
  body: ReactionBody,
  answers: { 200: WireMessage },
  rate: 'write',
});

/** What a message said before an edit. */
const EarlierContent = z.object({ content: z.string(), metadata: Metadata.nullable(), written_at: Timestamp });
export type EarlierContent = z.output<typeof EarlierContent>;

export const getMessageHistory = defineCall({
  name: 'getMessageHistory',
  method: 'GET',
  path: '/messages/{id}/history',
  summary: 'What a message said before its edits, the first content first; nothing of a deleted one',
  tag: 'messaging',
  access: 'user',
  params: messageParams,
  answers: { 200: z.object({ edits: z.array(EarlierContent) }) },
  rate: 'read',
});

/** One member who has the message: on a device, or read. */
const MessageReceipt = z.object({ user_id: UserId, status: z.enum(['delivered', 'read']) });
export type MessageReceipt = z.output<typeof MessageReceipt>;

export const ReceiptsQuery = z.strictObject({
  /** Only those who have read it. */
  status: z.enum(['read']).optional(),
  cursor: Cursor.optional(),
  limit: limit(100),
});
export type ReceiptsQuery = z.output<typeof ReceiptsQuery>;

export const listMessageReceipts = defineCall({
  name: 'listMessageReceipts',
  method: 'GET',
  path: '/messages/{id}/receipts',
  summary: 'Who has a message, and who has read it, in dialogs of any size; in a channel for its admins',
  tag: 'messaging',
  access: 'user',
  params: messageParams,
  query: ReceiptsQuery,
  answers: { 200: z.object({ receipts: z.array(MessageReceipt), next_cursor: NextCursor }) },
  rate: 'read',
});

/** Calls about one message. */
export const changeCalls = [
  editMessage,
  deleteMessage,
  addReaction,
  removeReaction,
  getMessageHistory,
  listMessageReceipts,
] as const;
