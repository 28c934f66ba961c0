import type { AppError } from '#shared/errors.ts';
import type { DialogId, MessageId, UserId } from '#shared/ids.ts';
import type { Database, Sql, Tx } from '#shared/sql.ts';
import type { Appended, NewMessage } from './append.ts';
import type { Change, MessageForMember } from './changes.ts';
import type { KnownDialog, MessageRow } from './messages.ts';
import type { CursorMove, MovedCursor } from './participants.ts';
import type { Spot } from './search.ts';
import type { AppendedSystemMessage, NewSystemMessage } from './system-messages.ts';

/** What a step of purging did. */
export type Purged = {
  readonly count: number;
  /** Whether the step ended because it was long enough. */
  readonly isMore: boolean;
};

/** Tells, in the transaction that purges, how many messages it was. */
export type TellPurged = (tx: Tx, count: number) => Promise<void>;

/**
 * Where messages live: in the dialog's own database, or in a log elsewhere. Dialogs, members with their cursors, and keys
 * are in the database in both cases, which is why each verb is given the database that the dialog is at home in.
 *
 * Whichever it is: seqs and versions are dense within a dialog, a client key makes one message for ever, and what was
 * acknowledged is found by every verb from then on, on every node.
 */
export interface MessageStore {
  /** Messages that it is best given at a time. */
  readonly batchMax: number;
  /**
   * Appends a batch, tells the outbox which seqs each dialog got, and answers each item, in order. No two items may share
   * a client key. It may be repeated whole when its outcome is unknown.
   * @throws {AppError} UPSTREAM_UNAVAILABLE when it could not be reached; the messages may be stored or not.
   */
  append(database: Database, batch: readonly NewMessage[]): Promise<readonly (Appended | AppError)[]>;
  /** Appends in the order given, in a transaction that holds the dialog's row. The caller tells the outbox. */
  appendSystem(
    tx: Tx,
    dialogId: DialogId,
    senderId: UserId,
    messages: readonly NewSystemMessage[],
  ): Promise<AppendedSystemMessage[]>;
  /** Whether a message with this client key was stored before. */
  isSent(sql: Sql, dialogId: DialogId, clientKey: string): Promise<boolean>;
  /** The newest messages below a seq, newest first. */
  before(database: Database, dialogId: DialogId, seq: number, limit: number): Promise<MessageRow[]>;
  /** The oldest messages above a seq, oldest first. */
  after(database: Database, dialogId: DialogId, seq: number, limit: number): Promise<MessageRow[]>;
  bySeq(database: Database, dialogId: DialogId, seq: bigint): Promise<MessageRow | undefined>;
  /** The messages at these places, in their order, without those that are not there. */
  atSpots(database: Database, spots: readonly Spot[]): Promise<MessageRow[]>;
  /** Where a message is in its dialog; undefined when it is not there. */
  seqOf(sql: Sql, dialogId: DialogId, messageId: MessageId): Promise<number | undefined>;
  /** The last message of each dialog that has one. */
  newest(database: Database, dialogIds: readonly DialogId[]): Promise<MessageRow[]>;
  /** At most `limit` changes of each dialog, ascending in version within a dialog. */
  changes(database: Database, known: readonly KnownDialog[], limit: number): Promise<MessageRow[]>;
  /** Undefined when the user is not in the message's dialog, or there is no such message. */
  findForMember(database: Database, messageId: MessageId, userId: UserId): Promise<MessageForMember | undefined>;
  /** Runs a transaction in which `changeMessages` may make these changes, and no others; it holds their dialogs' rows. */
  changing<T>(database: Database, changes: readonly Change[], work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Moves cursors in one call and answers each item, in order; undefined for someone who is not a member. */
  advance(database: Database, moves: readonly CursorMove[]): Promise<(MovedCursor | undefined)[]>;
  /**
   * Purges the oldest messages of a dialog that were sent before a moment, or all, with everything that names them, `limit`
   * at most; and moves cursors, because what is gone is not unread. Seqs are not given out again.
   */
  purge(
    database: Database,
    dialogId: DialogId,
    sentBefore: Date | null,
    limit: number,
    tell: TellPurged,
  ): Promise<Purged>;
  /** Purges system messages of any dialog that were sent before a moment, `limit` at most. */
  purgeSystem(database: Database, sentBefore: Date, limit: number, tell: TellPurged): Promise<Purged>;
  /** Forgets a dialog that was deleted before a moment and has no messages left, if there is one, and tells so. */
  forget(database: Database, dialogId: DialogId, deletedBefore: Date, tell: (tx: Tx) => Promise<void>): Promise<void>;
}
