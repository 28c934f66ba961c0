import type { Database, Tx } from '#shared/sql.ts';
import { type Appended, type NewMessage, appendMessages, isSent } from './append.ts';
import { messageForMember } from './changes.ts';
import { addMentions } from './mentions.ts';
import type { MessageStore, Purged, TellPurged } from './message-store.ts';
import {
  changesOf,
  messageBySeq,
  messagesAfter,
  messagesAt,
  messagesBefore,
  newestMessages,
  seqOf,
} from './messages.ts';
import { advanceCursors } from './participants.ts';
import { forgetDialog, purgeDialog, purgeSystemMessages } from './retention.ts';
import { appendSystemMessages } from './system-messages.ts';

/** Some 7 ms of the database's time: beyond it throughput grows little, and every item waits for the whole batch. */
const BATCH_MAX = 256;

/** Messages in the dialog's own database, so that an append is one transaction with all that hangs on it. */
export const postgresMessages: MessageStore = {
  batchMax: BATCH_MAX,
  append: appendWithMentions,
  appendSystem: appendSystemMessages,
  isSent: (sql, _dialogId, clientKey) => isSent(sql, clientKey),
  before: messagesBefore,
  after: messagesAfter,
  bySeq: messageBySeq,
  atSpots: messagesAt,
  seqOf,
  newest: newestMessages,
  changes: changesOf,
  findForMember: messageForMember,
  changing: (database, _changes, work) => database.transaction(work),
  advance: advanceCursors,
  purge: (database, dialogId, sentBefore, limit, tell) =>
    purged(database, limit, tell, (tx) => purgeDialog(tx, dialogId, sentBefore, limit)),
  purgeSystem: (database, sentBefore, limit, tell) =>
    purged(database, limit, tell, (tx) => purgeSystemMessages(tx, sentBefore, limit)),
  forget: (database, dialogId, deletedBefore, tell) =>
    database.transaction(async (tx) => {
      if (await forgetDialog(tx, dialogId, deletedBefore)) await tell(tx);
    }),
};

function purged(
  database: Database,
  limit: number,
  tell: TellPurged,
  work: (tx: Tx) => Promise<number>,
): Promise<Purged> {
  return database.transaction(async (tx) => {
    const count = await work(tx);
    if (count > 0) await tell(tx, count);
    return { count, isMore: count >= limit };
  });
}

/** One call where nobody is mentioned; else a transaction, so that a mention is counted exactly when its message is there. */
function appendWithMentions(database: Database, batch: readonly NewMessage[]): Promise<Appended[]> {
  if (batch.every((message) => message.mentions.length === 0)) return appendMessages(database, batch);
  return database.transaction(async (tx) => {
    const outcomes = await appendMessages(tx, batch);
    const mentions = batch.flatMap(({ dialogId, mentions: userIds }, at) => {
      const { outcome, seq } = outcomes[at]!;
      return outcome === 'appended' ? userIds.map((userId) => ({ dialogId, userId, seq: seq! })) : [];
    });
    await addMentions(tx, mentions);
    return outcomes;
  });
}
