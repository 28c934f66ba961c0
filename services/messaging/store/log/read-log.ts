import type { DialogId, MessageId } from '#shared/ids.ts';
import { type Sql, firstRow, statement } from '#shared/sql.ts';
import type { MessageRow } from '../messages.ts';
import type { MessageLog } from './message-log.ts';
import { asTheyAre } from './overlay.ts';

const LAST_SEQS = statement(
  'messaging.last-seqs',
  'SELECT dialogs.id, dialogs.last_seq FROM messaging.dialogs WHERE dialogs.id = ANY ($1::uuid[])',
);

type LastSeq = { readonly id: DialogId; readonly last_seq: bigint };

/** Up to where the database has followed the log: what is beyond is not acknowledged yet. */
export async function lastSeq(sql: Sql, dialogId: DialogId): Promise<bigint> {
  return (await firstRow<LastSeq>(sql, LAST_SEQS, [[dialogId]]))?.last_seq ?? 0n;
}

/** The newest messages below a seq, newest first. */
export async function before(
  log: MessageLog,
  sql: Sql,
  dialogId: DialogId,
  seq: number,
  limit: number,
): Promise<MessageRow[]> {
  const last = await lastSeq(sql, dialogId);
  const to = BigInt(seq) > last ? last : BigInt(seq) - 1n;
  const rows = await log.range(dialogId, atLeast1(to - BigInt(limit) + 1n), to);
  return (await asTheyAre(sql, rows)).toReversed();
}

/** The oldest messages above a seq, oldest first. */
export async function after(
  log: MessageLog,
  sql: Sql,
  dialogId: DialogId,
  seq: number,
  limit: number,
): Promise<MessageRow[]> {
  const last = await lastSeq(sql, dialogId);
  const to = BigInt(seq) + BigInt(limit);
  return await asTheyAre(sql, await log.range(dialogId, atLeast1(BigInt(seq) + 1n), to > last ? last : to));
}

export async function bySeq(
  log: MessageLog,
  sql: Sql,
  dialogId: DialogId,
  seq: bigint,
): Promise<MessageRow | undefined> {
  const [row] = await asTheyAre(sql, await log.range(dialogId, seq, seq));
  return row;
}

export async function seqOf(log: MessageLog, dialogId: DialogId, messageId: MessageId): Promise<number | undefined> {
  const [place] = await log.find([messageId]);
  return place?.dialog_id === dialogId ? Number(place.seq) : undefined;
}

/** The last message of each dialog that has one. */
export async function newest(log: MessageLog, sql: Sql, dialogIds: readonly DialogId[]): Promise<MessageRow[]> {
  const heads = await sql.rows<LastSeq>(LAST_SEQS, [dialogIds]);
  const rows = await Promise.all(heads.map(({ id, last_seq: seq }) => log.range(id, seq, seq)));
  return await asTheyAre(sql, rows.flat());
}

const atLeast1 = (seq: bigint): bigint => (seq < 1n ? 1n : seq);
