import type { MessageStore } from '../message-store.ts';
import { advanceInLog } from './advance-in-log.ts';
import { appendToLog } from './append-to-log.ts';
import { boundsOfOne } from './bounds.ts';
import { changeInLog } from './change-in-log.ts';
import { changesInLog } from './changes-in-log.ts';
import { findForMember } from './find-for-member.ts';
import type { MessageLog } from './message-log.ts';
import { forgetInLog, purgeInLog, purgeSystemInLog } from './purge-log.ts';
import { after, atSpots, before, bySeq, newest, seqOf } from './read-log.ts';
import { systemInLog } from './system-in-log.ts';

/**
 * The log's price is a conditional batch per dialog, a few hundred of which it makes a second, however much is in each: so
 * all that waits of many dialogs goes together.
 */
const BATCH_MAX = 2_048;

/** Messages in a log outside the database, which follows it; see decision 10. */
export function makeLogMessages(log: MessageLog): MessageStore {
  return {
    batchMax: BATCH_MAX,
    append: (database, batch) => appendToLog(log, database, batch),
    appendSystem: (tx, dialogId, senderId, messages) => systemInLog(log, tx, dialogId, senderId, messages),
    isSent: async (sql, dialogId, clientKey) =>
      await log.isSent(dialogId, (await boundsOfOne(sql, dialogId)).last_seq, clientKey),
    before: (sql, dialogId, seq, limit) => before(log, sql, dialogId, seq, limit),
    after: (sql, dialogId, seq, limit) => after(log, sql, dialogId, seq, limit),
    bySeq: (sql, dialogId, seq) => bySeq(log, sql, dialogId, seq),
    atSpots: (sql, spots) => atSpots(log, sql, spots),
    seqOf: (_sql, dialogId, messageId) => seqOf(log, dialogId, messageId),
    newest: (sql, dialogIds) => newest(log, sql, dialogIds),
    changes: (sql, known, limit) => changesInLog(log, sql, known, limit),
    findForMember: (sql, messageId, userId) => findForMember(log, sql, messageId, userId),
    changing: (database, changes, work) => changeInLog(log, database, changes, work),
    advance: (sql, moves) => advanceInLog(log, sql, moves),
    purge: (database, dialogId, sentBefore, limit, tell) =>
      purgeInLog(log, database, dialogId, sentBefore, limit, tell),
    purgeSystem: (database, sentBefore, limit, tell) => purgeSystemInLog(log, database, sentBefore, limit, tell),
    forget: (database, dialogId, deletedBefore, tell) => forgetInLog(log, database, dialogId, deletedBefore, tell),
  };
}
