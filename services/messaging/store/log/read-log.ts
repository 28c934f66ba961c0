import type { DialogId, MessageId } from '#shared/ids.ts';
import type { Sql } from '#shared/sql.ts';
import type { MessageRow } from '../messages.ts';
import type { Spot } from '../search.ts';
import { boundsOf, boundsOfOne } from './bounds.ts';
import type { LogRow, MessageLog } from './message-log.ts';
import { asTheyAre } from './overlay.ts';

/** Seqs that are read at a time, however many of them are gone. */
const WINDOW_MAX = 2_048n;

/** The newest messages below a seq, newest first. */
export async function before(
  log: MessageLog,
  sql: Sql,
  dialogId: DialogId,
  seq: number,
  limit: number,
): Promise<MessageRow[]> {
  const { purged_seq: purged, last_seq: last } = await boundsOfOne(sql, dialogId);
  const found: LogRow[] = [];
  let to = BigInt(seq) > last ? last : BigInt(seq) - 1n;
  for (const window of windows(limit)) {
    if (to <= purged || found.length >= limit) break;
    const from = to - window < purged ? purged + 1n : to - window + 1n;
    found.push(...(await log.range(dialogId, from, to)).toReversed());
    to = from - 1n;
  }
  return await asTheyAre(sql, found.slice(0, limit));
}

/** The oldest messages above a seq, oldest first. */
export async function after(
  log: MessageLog,
  sql: Sql,
  dialogId: DialogId,
  seq: number,
  limit: number,
): Promise<MessageRow[]> {
  const { purged_seq: purged, last_seq: last } = await boundsOfOne(sql, dialogId);
  const found: LogRow[] = [];
  let from = BigInt(seq) < purged ? purged + 1n : BigInt(seq) + 1n;
  for (const window of windows(limit)) {
    if (from > last || found.length >= limit) break;
    const to = from + window > last ? last : from + window - 1n;
    found.push(...(await log.range(dialogId, from, to)));
    from = to + 1n;
  }
  return await asTheyAre(sql, found.slice(0, limit));
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

export async function atSpots(log: MessageLog, sql: Sql, spots: readonly Spot[]): Promise<MessageRow[]> {
  const dialogs = Map.groupBy(spots, (spot) => spot.dialog_id);
  const parts = await Promise.all(
    Array.from(dialogs, ([dialogId, some]) =>
      log.at(
        dialogId,
        some.map(({ seq }) => seq),
      ),
    ),
  );
  const rows = await asTheyAre(sql, parts.flat());
  const byPlace = new Map(rows.map((row) => [`${row.dialog_id}:${row.seq}`, row]));
  return spots.flatMap((spot) => byPlace.get(`${spot.dialog_id}:${spot.seq}`) ?? []);
}

export async function seqOf(log: MessageLog, dialogId: DialogId, messageId: MessageId): Promise<number | undefined> {
  const [place] = await log.find([messageId]);
  return place?.dialog_id === dialogId ? Number(place.seq) : undefined;
}

/** The last message of each dialog that has one. */
export async function newest(log: MessageLog, sql: Sql, dialogIds: readonly DialogId[]): Promise<MessageRow[]> {
  const heads = await boundsOf(sql, dialogIds);
  const rows = await Promise.all(heads.map(({ id, last_seq: seq }) => log.range(id, seq, seq)));
  return await asTheyAre(sql, rows.flat());
}

/**
 * How many seqs to read at a time until enough was found: mostly the first window holds it all, because hardly a message
 * is gone; where many are, windows grow.
 */
function* windows(limit: number): Generator<bigint, never> {
  for (let window = BigInt(limit); ; window *= 2n) yield window < WINDOW_MAX ? window : WINDOW_MAX;
}
