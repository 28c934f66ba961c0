import { randomUUIDv7 } from 'node:crypto';
import { MessagesAppended } from '#shared/events/messaging.ts';
import type { DialogId, MessageId, UserId } from '#shared/ids.ts';
import { type Sql, firstRow, statement } from '#shared/sql.ts';

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
  /** Members whom it mentions, the sender left out. */
  readonly mentions: readonly UserId[];
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
   FROM messaging.append_and_tell($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) AS done ORDER BY done.place`,
);

const IS_SENT = statement(
  'messaging.is-sent',
  'SELECT 1 AS found FROM messaging.messages WHERE messages.client_key = $1',
);

/** Whether a message with this client key was stored before. */
export async function isSent(sql: Sql, clientKey: string): Promise<boolean> {
  return (await firstRow(sql, IS_SENT, [clientKey])) !== undefined;
}

/**
 * Appends a batch and writes one event per dialog to the outbox, in one call that is its own transaction, and answers
 * each item, in order. No two items may share a client key.
 *
 * A call of its own rather than the `Outbox` port, because this is the hottest path there is: BEGIN, the port's insert
 * and COMMIT would be three more round trips for each batch.
 */
export function appendMessages(sql: Sql, batch: readonly NewMessage[]): Promise<Appended[]> {
  return sql.rows<Appended>(APPEND, [
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
    batch.map(() => randomUUIDv7()),
    MessagesAppended.type,
    MessagesAppended.version,
  ]);
}
