import type { DialogId, MessageId, UserId } from '#shared/ids.ts';
import { type Tx, statement } from '#shared/sql.ts';

/** A system message on its way into the store, sealed. */
export type NewSystemMessage = {
  readonly id: MessageId;
  readonly clientId: string;
  readonly clientKey: string;
  readonly fingerprint: string;
  readonly keyVersion: number;
  readonly body: Uint8Array;
};

export type AppendedSystemMessage = { readonly seq: bigint; readonly version: bigint; readonly created_at: Date };

// The rules of messaging.append_messages, for a dialog whose row the transaction holds: the next seqs and versions, and
// to the one who acted, who may just have left, they are messages of their own.
const APPEND = statement(
  'messaging.append-system-messages',
  `WITH head AS (
     UPDATE messaging.dialogs
     SET last_seq = dialogs.last_seq + cardinality($3::uuid[]), version = dialogs.version + cardinality($3::uuid[]),
         last_message_at = date_trunc('milliseconds', clock_timestamp())
     WHERE dialogs.id = $1
     RETURNING dialogs.last_seq - cardinality($3::uuid[]) AS seq, dialogs.version - cardinality($3::uuid[]) AS version,
               dialogs.last_message_at AS at
   ), appended AS (
     INSERT INTO messaging.messages AS messages (
       seq, version, created_at, dialog_id, id, sender_id, client_key, fingerprint, key_version, message_type, client_id,
       body
     )
     SELECT head.seq + item.place, head.version + item.place, head.at, $1, item.id, $2, item.client_key,
            item.fingerprint, item.key_version, 'system', item.client_id, item.body
     FROM head CROSS JOIN unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::smallint[], $7::text[], $8::bytea[])
       WITH ORDINALITY AS item (id, client_key, fingerprint, key_version, client_id, body, place)
     RETURNING messages.seq, messages.version, messages.created_at
   ), owned AS (
     UPDATE messaging.participants SET own_after_read = participants.own_after_read + cardinality($3::uuid[])
     WHERE participants.dialog_id = $1 AND participants.user_id = $2
   )
   SELECT appended.seq, appended.version, appended.created_at FROM appended ORDER BY appended.seq`,
);

/** Appends in the order given, to a dialog whose row is held. */
export function appendSystemMessages(
  tx: Tx,
  dialogId: DialogId,
  senderId: UserId,
  messages: readonly NewSystemMessage[],
): Promise<AppendedSystemMessage[]> {
  return tx.rows<AppendedSystemMessage>(APPEND, [
    dialogId,
    senderId,
    messages.map((message) => message.id),
    messages.map((message) => message.clientKey),
    messages.map((message) => message.fingerprint),
    messages.map((message) => message.keyVersion),
    messages.map((message) => message.clientId),
    messages.map((message) => message.body),
  ]);
}
