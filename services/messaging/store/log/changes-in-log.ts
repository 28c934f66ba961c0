import { type Sql, statement } from '#shared/sql.ts';
import { type KnownDialog, MESSAGE_COLUMNS, type MessageRow } from '../messages.ts';
import { boundsOf } from './bounds.ts';
import type { MessageLog } from './message-log.ts';
import { asTheyAre } from './overlay.ts';

const CHANGED = statement(
  'messaging.changed-after',
  `SELECT ${MESSAGE_COLUMNS}
   FROM unnest($1::uuid[], $2::bigint[], $3::bigint[]) AS known (dialog_id, after, version)
   CROSS JOIN LATERAL (
     SELECT changed.* FROM messaging.messages AS changed
     WHERE changed.dialog_id = known.dialog_id AND changed.changed
       AND changed.version > known.after AND changed.version <= known.version
     ORDER BY changed.version LIMIT $4
   ) AS messages
   ORDER BY messages.dialog_id, messages.version`,
);

/**
 * What changed in each dialog after a version and up to one, at most `limit` of each, ascending in version: messages that
 * never changed from the log, where versions ascend with seqs, and the others from the database.
 */
export async function changesInLog(
  log: MessageLog,
  sql: Sql,
  known: readonly KnownDialog[],
  limit: number,
): Promise<MessageRow[]> {
  const ids = known.map((dialog) => dialog.dialogId);
  const [changed, bounds] = await Promise.all([
    sql.rows<MessageRow>(CHANGED, [
      ids,
      known.map((dialog) => dialog.after),
      known.map((dialog) => dialog.version),
      limit,
    ]),
    boundsOf(sql, ids),
  ]);
  const purged = new Map(bounds.map((dialog) => [dialog.id, dialog.purged_seq]));
  const changedOf = Map.groupBy(changed, (row) => row.dialog_id);
  const parts = await Promise.all(
    known.map(async (dialog) => {
      const unchanged = await unchangedOf(log, sql, dialog, purged.get(dialog.dialogId) ?? 0n, limit);
      const all = [...unchanged, ...(changedOf.get(dialog.dialogId) ?? [])];
      return all.sort((a, b) => Number(a.version - b.version)).slice(0, limit);
    }),
  );
  return parts.flat();
}

async function unchangedOf(
  log: MessageLog,
  sql: Sql,
  dialog: KnownDialog,
  purged: bigint,
  limit: number,
): Promise<MessageRow[]> {
  const last = BigInt(dialog.lastSeq);
  const found: MessageRow[] = [];
  for (let from = await firstAfter(log, dialog, purged); from <= last && found.length < limit; from += BigInt(limit)) {
    const to = from + BigInt(limit) - 1n;
    const rows = await asTheyAre(sql, await log.range(dialog.dialogId, from, to > last ? last : to));
    found.push(...rows.filter((row) => !row.changed));
  }
  return found.slice(0, limit);
}

/**
 * The first seq whose version is above `after`. Each message took one version, so it is among the last
 * (version - after) seqs, and no higher than after + 1; where changes took versions as well, it is searched in between,
 * with a dozen reads of one column. What is purged is passed over.
 */
async function firstAfter(
  log: MessageLog,
  { dialogId, after, version, lastSeq }: KnownDialog,
  purged: bigint,
): Promise<bigint> {
  const least = BigInt(Math.max(1, lastSeq - (version - after) + 1));
  let low = least > purged ? least : purged + 1n;
  let high = BigInt(Math.min(after, lastSeq) + 1);
  while (low < high) {
    const middle = (low + high) / 2n;
    const found = await log.versionFrom(dialogId, middle, high - 1n);
    if (found === undefined || found > BigInt(after)) high = middle;
    else low = middle + 1n;
  }
  return low;
}
