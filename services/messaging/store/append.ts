import { MessagesAppended } from '#shared/events/messaging.ts';
import type { DialogId, MessageId, UserId } from '#shared/ids.ts';
import { type Sql, firstRow, statement } from '#shared/sql.ts';
import { byteaArray, int2Array, textArray, uuidArray } from './binary-arrays.ts';

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

/** The same of a whole batch: element n of each list is of item n. */
type AppendedBatch = {
  readonly outcomes: readonly Appended['outcome'][];
  readonly seqs: readonly (number | null)[];
  readonly versions: readonly (number | null)[];
  /** Milliseconds since 1970. */
  readonly sent_ms: readonly (number | null)[];
};

const APPEND = statement(
  'messaging.append-batch',
  'SELECT messaging.append_batch($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) AS appended',
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
export async function appendMessages(sql: Sql, batch: readonly NewMessage[]): Promise<Appended[]> {
  const row = await firstRow<{ appended: AppendedBatch }>(sql, APPEND, [
    uuidArray(batch.map((message) => message.dialogId)),
    uuidArray(batch.map((message) => message.id)),
    uuidArray(batch.map((message) => message.senderId)),
    uuidArray(batch.map((message) => message.clientKey)),
    textArray(batch.map((message) => message.clientId)),
    textArray(batch.map((message) => message.type)),
    uuidArray(batch.map((message) => message.replyToId)),
    uuidArray(batch.map((message) => message.fingerprint)),
    int2Array(batch.map((message) => message.keyVersion)),
    byteaArray(batch.map((message) => message.body)),
    MessagesAppended.type,
    MessagesAppended.version,
  ]);
  const { outcomes, seqs, versions, sent_ms: sentMs } = row!.appended;
  return outcomes.map((outcome, at) => {
    const [seq, version, ms] = [seqs[at] ?? null, versions[at] ?? null, sentMs[at] ?? null];
    return {
      outcome,
      seq: seq === null ? null : BigInt(seq),
      version: version === null ? null : BigInt(version),
      created_at: ms === null ? null : new Date(ms),
    };
  });
}
