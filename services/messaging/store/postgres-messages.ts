import { appendMessages } from './append.ts';
import type { MessageStore } from './message-store.ts';
import { changesOf, messageBySeq, messagesAfter, messagesBefore, newestMessages, seqOf } from './messages.ts';

/** Messages in the dialog's own database, so that an append is one transaction with all that hangs on it. */
export const postgresMessages: MessageStore = {
  append: appendMessages,
  before: messagesBefore,
  after: messagesAfter,
  bySeq: messageBySeq,
  seqOf,
  newest: newestMessages,
  changes: changesOf,
};
