import type { DialogId, MessageId } from '#shared/ids.ts';
import { type Database, type Tx, firstRow, statement } from '#shared/sql.ts';
import type { Purged, TellPurged } from '../message-store.ts';
import { forgetDialog } from '../retention.ts';
import { boundsOfOne } from './bounds.ts';
import type { MessageLog } from './message-log.ts';

/** Dialogs whose sweeps a process that died has left behind, taken up by one step. */
const SWEEPS_BATCH = 20;

const PURGE = statement(
  'messaging.purge-followed',
  'SELECT done.purged, done.moved FROM messaging.purge_followed($1, $2, $3, $4, $5, $6) AS done',
);
const SWEEPS = statement(
  'messaging.log-sweeps',
  `SELECT log_sweeps.dialog_id, log_sweeps.from_seq, log_sweeps.to_seq FROM messaging.log_sweeps
   WHERE $1::uuid IS NULL OR log_sweeps.dialog_id = $1 LIMIT $2`,
);
const SWEPT = statement(
  'messaging.log-swept',
  'DELETE FROM messaging.log_sweeps WHERE log_sweeps.dialog_id = $1 AND log_sweeps.to_seq = $2',
);

type Sweep = { readonly dialog_id: DialogId; readonly from_seq: bigint; readonly to_seq: bigint };

/**
 * Purges the oldest messages of a dialog that were sent before a moment, or all. They are gone for everyone when the
 * database says so; that they are then taken out of the log is written down with it, so that a process that dies in
 * between leaves it to the next.
 */
export async function purgeInLog(
  log: MessageLog,
  database: Database,
  dialogId: DialogId,
  sentBefore: Date | null,
  limit: number,
  tell: TellPurged,
): Promise<Purged> {
  await sweep(log, database, dialogId);
  const { purged_seq: had, last_seq: last } = await boundsOfOne(database, dialogId);
  const to = had + BigInt(limit) < last ? had + BigInt(limit) : last;
  const marks = had < to ? await log.marks(dialogId, had + 1n, to) : [];
  // Messages of a dialog never go back in time.
  const staying = sentBefore === null ? undefined : marks.find((mark) => mark.created_at >= sentBefore);
  const through = staying === undefined ? to : staying.seq - 1n;
  if (through === 0n) return { count: 0, isMore: false };
  const gone = marks.filter(({ seq }) => seq <= through);
  const { purged, moved } = await database.transaction(async (tx) => {
    const done = await firstRow<{ purged: number; moved: number }>(tx, PURGE, [
      dialogId,
      through,
      gone.map(({ id }) => id),
      gone.map(({ seq }) => seq),
      gone.map(({ sender_id: senderId }) => senderId),
      limit,
    ]);
    if (done!.purged > 0) await tell(tx, done!.purged);
    return done!;
  });
  await sweep(log, database, dialogId);
  return { count: purged, isMore: (staying === undefined && to < last) || moved >= limit };
}

/** Takes out of the log what the database has purged, of one dialog or of any. */
async function sweep(log: MessageLog, database: Database, dialogId?: DialogId): Promise<void> {
  for (const { dialog_id: id, from_seq: from, to_seq: to } of await database.rows<Sweep>(SWEEPS, [
    dialogId ?? null,
    SWEEPS_BATCH,
  ])) {
    await log.remove(id, from, to);
    await database.rows(SWEPT, [id, to]);
  }
}

const SYSTEM = statement(
  'messaging.old-system-messages',
  `SELECT log_system_messages.dialog_id, log_system_messages.id, log_system_messages.seq
   FROM messaging.log_system_messages WHERE log_system_messages.created_at < $1
   ORDER BY log_system_messages.created_at, log_system_messages.dialog_id, log_system_messages.seq LIMIT $2`,
);
const PURGE_SYSTEM = statement(
  'messaging.purge-followed-system',
  'SELECT messaging.purge_followed_system($1, $2, $3) AS count',
);

type SystemPlace = { readonly dialog_id: DialogId; readonly id: MessageId; readonly seq: bigint };

/**
 * Purges system messages of any dialog. They go from the log first, because nothing else depends on them; the database
 * knows of them until then, so a process that dies in between leaves them to the next.
 */
export async function purgeSystemInLog(
  log: MessageLog,
  database: Database,
  sentBefore: Date,
  limit: number,
  tell: TellPurged,
): Promise<Purged> {
  await sweep(log, database);
  const places = await database.rows<SystemPlace>(SYSTEM, [sentBefore, limit]);
  const dialogs = Map.groupBy(places, (place) => place.dialog_id);
  let count = 0;
  for (const [dialogId, some] of [...dialogs].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const seqs = some.map(({ seq }) => seq);
    for (const [from, to] of runsOf(seqs)) await log.remove(dialogId, from, to);
    count += await database.transaction(async (tx) => {
      const ids = some.map(({ id }) => id);
      const purged = (await firstRow<{ count: number }>(tx, PURGE_SYSTEM, [dialogId, ids, seqs]))!.count;
      if (purged > 0) await tell(tx, purged);
      return purged;
    });
  }
  return { count, isMore: places.length >= limit };
}

/** Seqs that follow each other, as first and last. */
function runsOf(seqs: readonly bigint[]): [bigint, bigint][] {
  const runs: [bigint, bigint][] = [];
  for (const seq of seqs.toSorted((a, b) => Number(a - b))) {
    const last = runs.at(-1);
    if (last !== undefined && seq === last[1] + 1n) last[1] = seq;
    else runs.push([seq, seq]);
  }
  return runs;
}

/** Forgets a deleted dialog without messages, in the log first. */
export async function forgetInLog(
  log: MessageLog,
  database: Database,
  dialogId: DialogId,
  deletedBefore: Date,
  tell: (tx: Tx) => Promise<void>,
): Promise<void> {
  const { purged_seq: purged, last_seq: last, deleted_at: deletedAt } = await boundsOfOne(database, dialogId);
  if (purged < last || deletedAt === null || deletedAt >= deletedBefore) return;
  await sweep(log, database, dialogId);
  await log.forget(dialogId, last);
  await database.transaction(async (tx) => {
    if (await forgetDialog(tx, dialogId, deletedBefore)) await tell(tx);
  });
}
