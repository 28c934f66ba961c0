import { randomUUIDv7 } from 'node:crypto';
import { MessagesAppended } from '#shared/events/messaging.ts';
import type { DialogId, UserId } from '#shared/ids.ts';
import { type Sql, statement } from '#shared/sql.ts';
import type { MessageLog } from './message-log.ts';
import { noteSystem } from './note-system.ts';

/** A message that the database may not know of. */
export type News = {
  readonly dialog_id: DialogId;
  readonly seq: bigint;
  readonly version: bigint;
  readonly sender_id: UserId;
  readonly created_at: Date;
};

/** How far a dialog is to be followed. */
export type Reached = {
  readonly dialogId: DialogId;
  readonly seq: bigint;
  readonly version: bigint;
  /** Whether the caller writes the events of what this step brings. */
  readonly isToldByCaller?: boolean;
};

type Behind = { readonly dialog_id: DialogId; readonly last_seq: bigint };

const FOLLOW = statement(
  'messaging.follow-log',
  `SELECT behind.dialog_id, behind.last_seq
   FROM messaging.follow_log($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) AS behind`,
);

/** Read at a time from what another process left behind: a flush has 256 messages at most. */
const GAP_MAX = 512n;

/**
 * Brings dialogs in the database to where they are in the log, and tells the outbox of each seq that is new to it.
 *
 * `news` are messages that the caller has at hand. What is missing between them and where the dialog is was appended by
 * another process, which will follow with it any moment or has died: it is read from the log and indexed, so that seqs
 * become visible in order, and each is told once.
 */
export async function follow(
  sql: Sql,
  log: MessageLog,
  reached: readonly Reached[],
  news: readonly News[],
): Promise<void> {
  for (let targets = reached, known = news; targets.length > 0;) {
    const behind = new Map((await advance(sql, targets, known)).map((dialog) => [dialog.dialog_id, dialog.last_seq]));
    targets = targets.filter(({ dialogId }) => behind.has(dialogId));
    const gaps = await Promise.all(targets.map((target) => gapOf(sql, log, target, behind.get(target.dialogId)!)));
    known = [...gaps.flat(), ...news];
  }
}

async function gapOf(sql: Sql, log: MessageLog, { dialogId, seq: to }: Reached, last: bigint): Promise<News[]> {
  const rows = await log.range(dialogId, last + 1n, last + GAP_MAX < to ? last + GAP_MAX : to);
  if (rows[0]?.seq !== last + 1n) throw new Error(`the message log has lost messages of dialog ${dialogId}`);
  await log.index(rows);
  await noteSystem(
    sql,
    rows.filter((row) => row.message_type === 'system'),
  );
  return rows;
}

/** Answers the dialogs that are not there yet. */
function advance(sql: Sql, targets: readonly Reached[], news: readonly News[]): Promise<Behind[]> {
  return sql.rows<Behind>(FOLLOW, [
    targets.map((target) => target.dialogId),
    targets.map((target) => target.seq),
    targets.map((target) => target.version),
    targets.map((target) => (target.isToldByCaller === true ? null : randomUUIDv7())),
    news.map((message) => message.dialog_id),
    news.map((message) => message.seq),
    news.map((message) => message.version),
    news.map((message) => message.sender_id),
    news.map((message) => message.created_at),
    MessagesAppended.type,
    MessagesAppended.version,
  ]);
}
