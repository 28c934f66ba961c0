import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { Cursor, NextCursor, limit } from '../../http/paging.ts';
import { DialogId } from '../../ids.ts';
import { WireMessage } from './message.ts';
import { line } from '../text.ts';

/** More words than anyone types, and no more hashes than a call may cost. */
const QUERY_CHARACTERS_MAX = 100;

export const SearchQuery = z.strictObject({
  /** All of its words must be in the message; the last one may be the beginning of a word. */
  q: line(1, QUERY_CHARACTERS_MAX),
  dialog_id: DialogId.optional(),
  cursor: Cursor.optional(),
  limit: limit(20),
});
export type SearchQuery = z.output<typeof SearchQuery>;

export const searchMessages = defineCall({
  name: 'searchMessages',
  method: 'GET',
  path: '/messages/search',
  summary:
    "Messages of the caller's dialogs that hold all words of q, the last one as a beginning; newest first. " +
    'A page may hold fewer than limit, or none, and still have a next_cursor',
  tag: 'messaging',
  access: 'user',
  query: SearchQuery,
  answers: { 200: z.object({ messages: z.array(WireMessage), next_cursor: NextCursor }) },
  refuses: ['NOT_FOUND'],
  rate: 'lookup',
});
