import { type Sql, statement } from '#shared/sql.ts';
import type { LogMark } from './message-log.ts';
import type { DialogId } from '#shared/ids.ts';

const NOTE = statement(
  'messaging.note-system-messages',
  `INSERT INTO messaging.log_system_messages (created_at, dialog_id, id, sender_id, seq)
   SELECT * FROM unnest($1::timestamptz[], $2::uuid[], $3::uuid[], $4::uuid[], $5::bigint[]) ON CONFLICT DO NOTHING`,
);

/** Notes where system messages are, so that they are found when their time is over. */
export async function noteSystem(
  sql: Sql,
  marks: readonly (LogMark & { readonly dialog_id: DialogId })[],
): Promise<void> {
  if (marks.length === 0) return;
  await sql.rows(NOTE, [
    marks.map((mark) => mark.created_at),
    marks.map((mark) => mark.dialog_id),
    marks.map((mark) => mark.id),
    marks.map((mark) => mark.sender_id),
    marks.map((mark) => mark.seq),
  ]);
}
