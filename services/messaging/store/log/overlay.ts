import { type Sql, statement } from '#shared/sql.ts';
import { MESSAGE_COLUMNS, type MessageRow } from '../messages.ts';
import type { LogRow } from './message-log.ts';

const CHANGED = statement(
  'messaging.changed-among',
  `SELECT ${MESSAGE_COLUMNS}
   FROM unnest($1::uuid[], $2::bigint[]) AS wanted (dialog_id, seq)
   JOIN messaging.messages ON messages.dialog_id = wanted.dialog_id AND messages.seq = wanted.seq
   WHERE messages.changed`,
);

/** Messages as they are now: a message that was changed is in the database, and what the log has of it is out of date. */
export async function asTheyAre(sql: Sql, rows: readonly LogRow[]): Promise<MessageRow[]> {
  if (rows.length === 0) return [];
  const changed = await sql.rows<MessageRow>(CHANGED, [rows.map((row) => row.dialog_id), rows.map((row) => row.seq)]);
  if (changed.length === 0) return [...rows];
  const byPlace = new Map(changed.map((row) => [placeOf(row), row]));
  return rows.map((row) => byPlace.get(placeOf(row)) ?? row);
}

const placeOf = (row: MessageRow): string => `${row.dialog_id}:${row.seq}`;
