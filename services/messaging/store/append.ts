import type { DialogId, MessageId, UserId } from '#shared/ids.ts';
import { type Tx, statement } from '#shared/sql.ts';

/** A sealed message on its way into the store. */
export type NewMessage = {
  readonly dialogId: DialogId;
  readonly id: MessageId;
  readonly senderId: UserId;
  readonly clientId: string;
  /** 32 hexadecimal digits that stand for dialog, sender and client_id. */
  readonly clientKey: string;
  readonly type: string;
  readonly replyToId: MessageId | null;
  readonly fingerprint: string;
  readonly keyVersion: number;
  readonly body: Uint8Array;
};

/** What became of an item; the migration that made `messaging.append_messages` says what each word means. */
export type Appended = {
  readonly outcome: 'appended' | 'stored' | 'repeated' | 'conflict' | 'absent' | 'forbidden' | 'bad_reply';
  /** Null unless the message, or the first one with its client_id, is stored. */
  readonly seq: bigint | null;
  readonly version: bigint | null;
  readonly created_at: Date | null;
};

const APPEND = statement(
  'messaging.append',
  `SELECT done.outcome, done.seq, done.version, done.created_at
   FROM messaging.append_messages($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) AS done ORDER BY done.place`,
);

/** Appends a batch in one call and answers each item, in order. No two items may share a client key. */
export function appendMessages(tx: Tx, batch: readonly NewMessage[]): Promise<Appended[]> {
  return tx.rows<Appended>(APPEND, [
    batch.map((message) => message.dialogId),
    batch.map((message) => message.id),
    batch.map((message) => message.senderId),
    batch.map((message) => message.clientKey),
    batch.map((message) => message.clientId),
    batch.map((message) => message.type),
    batch.map((message) => message.replyToId),
    batch.map((message) => message.fingerprint),
    batch.map((message) => message.keyVersion),
    batch.map((message) => message.body),
  ]);
}
