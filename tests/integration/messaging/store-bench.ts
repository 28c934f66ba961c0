import { createHash } from 'node:crypto';
import type { Change } from '#services/messaging/store/changes.ts';
import { changeMessages } from '#services/messaging/store/changes.ts';
import type { Appended, NewMessage } from '#services/messaging/store/append.ts';
import type { MessageStore } from '#services/messaging/store/message-store.ts';
import type { MessageRow } from '#services/messaging/store/messages.ts';
import { AppError } from '#shared/errors.ts';
import type { DialogId, MessageId, UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { type Database, firstRow, statement } from '#shared/sql.ts';

const HEX_DIGITS = 32;
const LIMITS = { editWithinMs: 900_000, editsMax: 100, reactionsMax: 20 };

const HEAD = statement('test.store-head', 'SELECT last_seq, version FROM messaging.dialogs WHERE id = $1');
const EVENTS = statement(
  'test.store-events',
  `SELECT outbox.data FROM events.outbox
   WHERE outbox.type = 'messaging.messages_appended' AND outbox.aggregate_id = $1 ORDER BY outbox.position`,
);

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, HEX_DIGITS);

/** A message as the use case would hand it over, except that what it says is not sealed. */
export function message(
  dialogId: DialogId,
  senderId: UserId,
  clientId: string,
  text: string,
  more: Partial<NewMessage> = {},
): NewMessage {
  return {
    dialogId,
    id: newId<MessageId>('TH'),
    senderId,
    clientId,
    clientKey: digest(`${dialogId}:${senderId}:${clientId}`),
    type: 'text',
    replyToId: null,
    fingerprint: digest(text),
    keyVersion: 1,
    body: Buffer.from(text),
    mentions: [],
    ...more,
  };
}

export const textOf = (row: MessageRow): string => Buffer.from(row.body).toString();

/** Appends one message. @throws what became of it, when that is an error */
export async function append(store: MessageStore, database: Database, one: NewMessage): Promise<Appended> {
  const [outcome] = await store.append(database, [one]);
  if (outcome instanceof AppError) throw outcome;
  return outcome!;
}

/** Makes one change, as the use case does. */
export function change(store: MessageStore, database: Database, one: Change) {
  return store.changing(database, [one], async (tx) => (await changeMessages(tx, [one], LIMITS))[0]!);
}

/** All messages, oldest first, by pages. */
export async function everything(store: MessageStore, database: Database, dialogId: DialogId): Promise<MessageRow[]> {
  const all: MessageRow[] = [];
  for (;;) {
    const page = await store.after(database, dialogId, Number(all.at(-1)?.seq ?? 0), 7);
    all.push(...page);
    if (page.length < 7) return all;
  }
}

export async function headOf(database: Database, dialogId: DialogId) {
  const head = await firstRow<{ last_seq: bigint; version: bigint }>(database, HEAD, [dialogId]);
  return { seq: Number(head!.last_seq), version: Number(head!.version) };
}

/** The seqs that the outbox told of, in order, each as often as it was told. */
export async function told(database: Database, dialogId: DialogId): Promise<number[]> {
  const events = await database.rows<{ data: { from_seq: number; to_seq: number } }>(EVENTS, [dialogId]);
  return events.flatMap(({ data }) =>
    Array.from({ length: data.to_seq - data.from_seq + 1 }, (_, nth) => data.from_seq + nth),
  );
}

const CURSOR = statement(
  'test.store-cursor',
  `SELECT read_seq, own_after_read FROM messaging.participants WHERE dialog_id = $1 AND user_id = $2`,
);

/** Where a member is, and how many of their own messages are counted as being after it. */
export async function cursorOf(database: Database, dialogId: DialogId, userId: UserId) {
  const row = await firstRow<{ read_seq: bigint; own_after_read: bigint }>(database, CURSOR, [dialogId, userId]);
  return { read: Number(row!.read_seq), own: Number(row!.own_after_read) };
}
