import type { DialogId, MessageId, UserId } from '#shared/ids.ts';
import type { Appended, NewMessage } from '../append.ts';
import type { MessageRow } from '../messages.ts';

/** A message to append, or one that may not be: then only an earlier one with its client key is looked for. */
export type LogItem = {
  readonly message: NewMessage;
  /** What becomes of it unless its client key is known. */
  readonly refusal?: Appended['outcome'];
};

/** How far a dialog has got in the log. */
export type LogHead = { readonly seq: bigint; readonly version: bigint };

/** A message as it rests in the log, where it never changes. */
export type LogRow = MessageRow & { readonly client_key: string; readonly fingerprint: string };

/** Where a message is. */
export type MessagePlace = { readonly id: MessageId; readonly dialog_id: DialogId; readonly seq: bigint };

/** A message without what it says. */
export type LogMark = Pick<LogRow, 'id' | 'seq' | 'sender_id' | 'created_at'>;

/**
 * An append-only store of messages outside the database, which gives out seq and version and keeps client keys unique.
 * Fulfilled over Cassandra.
 *
 * `known` is a seq that the dialog has certainly reached, 0 when it may be new: the log refuses to go on below it, for
 * then it has lost something. Each verb throws UPSTREAM_UNAVAILABLE when the log cannot be reached.
 */
export interface MessageLog {
  /**
   * Appends to one dialog and answers each item, in order; no two may share a client key. What is answered is decided and
   * durable. When it throws, messages may be stored or not, and a repeat tells.
   */
  append(dialogId: DialogId, known: bigint, items: readonly LogItem[]): Promise<readonly Appended[]>;
  /** Whether a message with this client key was appended before. */
  isSent(dialogId: DialogId, known: bigint, clientKey: string): Promise<boolean>;
  /** Takes `count` versions, which no message gets; answers how far the dialog is then. Some may be lost by a fault. */
  takeVersions(dialogId: DialogId, known: bigint, count: number): Promise<LogHead>;
  /** Makes messages findable by id. It may be repeated. */
  index(places: readonly MessagePlace[]): Promise<void>;
  /** Where messages are, of those that are indexed. */
  find(ids: readonly MessageId[]): Promise<MessagePlace[]>;
  /** The messages with seqs from one to another, both included, ascending. */
  range(dialogId: DialogId, from: bigint, to: bigint): Promise<LogRow[]>;
  /** Those of the messages with these seqs that are there, ascending. */
  at(dialogId: DialogId, seqs: readonly bigint[]): Promise<LogRow[]>;
  /** The messages with seqs from one to another, both included, without what they say. */
  marks(dialogId: DialogId, from: bigint, to: bigint): Promise<LogMark[]>;
  /** The version of the first message with a seq from one to another, both included; undefined when there is none. */
  versionFrom(dialogId: DialogId, from: bigint, to: bigint): Promise<bigint | undefined>;
  /** How many messages a sender has among those seqs, both included. */
  countBy(dialogId: DialogId, senderId: UserId, from: bigint, to: bigint): Promise<number>;
  /** Takes away what a message said; the rest of it stays. It may be repeated. */
  scrub(dialogId: DialogId, seq: bigint): Promise<void>;
  /** Takes messages with their ids and client keys away for good, both ends included. It may be repeated. */
  remove(dialogId: DialogId, from: bigint, to: bigint): Promise<void>;
  /** Takes away what is left of a dialog whose messages were removed, and to which nobody appends. It may be repeated. */
  forget(dialogId: DialogId, known: bigint): Promise<void>;
}
