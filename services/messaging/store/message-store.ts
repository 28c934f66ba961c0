import type { DialogId, MessageId } from '#shared/ids.ts';
import type { Database, Sql } from '#shared/sql.ts';
import type { Appended, NewMessage } from './append.ts';
import type { KnownDialog, MessageRow } from './messages.ts';

/**
 * Where messages live: in the dialog's own database, or in a log elsewhere. Dialogs, members with their cursors, and keys
 * are in the database in both cases, which is why each verb is given the database that the dialog is at home in.
 *
 * Whichever it is: seqs and versions are dense within a dialog, a client key makes one message for ever, and what was
 * acknowledged is found by every verb from then on, on every node.
 */
export interface MessageStore {
  /**
   * Appends a batch, tells the outbox which seqs each dialog got, and answers each item, in order. No two items may share
   * a client key. It may be repeated whole when its outcome is unknown.
   * @throws {AppError} UPSTREAM_UNAVAILABLE when it could not be reached; the messages may be stored or not.
   */
  append(database: Database, batch: readonly NewMessage[]): Promise<readonly Appended[]>;
  /** The newest messages below a seq, newest first. */
  before(database: Database, dialogId: DialogId, seq: number, limit: number): Promise<MessageRow[]>;
  /** The oldest messages above a seq, oldest first. */
  after(database: Database, dialogId: DialogId, seq: number, limit: number): Promise<MessageRow[]>;
  bySeq(database: Database, dialogId: DialogId, seq: bigint): Promise<MessageRow | undefined>;
  /** Where a message is in its dialog; undefined when it is not there. */
  seqOf(sql: Sql, dialogId: DialogId, messageId: MessageId): Promise<number | undefined>;
  /** The last message of each dialog that has one. */
  newest(database: Database, dialogIds: readonly DialogId[]): Promise<MessageRow[]>;
  /** At most `limit` changes of each dialog, ascending in version within a dialog. */
  changes(database: Database, known: readonly KnownDialog[], limit: number): Promise<MessageRow[]>;
}
