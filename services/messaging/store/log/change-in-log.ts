import type { DialogId, MessageId } from '#shared/ids.ts';
import { type Database, type Tx, statement } from '#shared/sql.ts';
import type { Change } from '../changes.ts';
import { follow } from './follow.ts';
import type { LogRow, MessageLog } from './message-log.ts';

const HOLD = statement(
  'messaging.hold-dialogs',
  `SELECT dialogs.id, dialogs.last_seq, dialogs.version FROM messaging.dialogs
   WHERE dialogs.id = ANY ($1::uuid[]) ORDER BY dialogs.id FOR NO KEY UPDATE`,
);
const REHEARSE = statement('messaging.rehearse-changes', 'SAVEPOINT before_changes');
const TAKE_BACK = statement('messaging.take-back-changes', 'ROLLBACK TO SAVEPOINT before_changes');
// What is there already is newer. What was purged since it was read is not brought back.
const COPY = statement(
  'messaging.copy-messages',
  `INSERT INTO messaging.messages (
     seq, version, created_at, dialog_id, id, sender_id, reply_to_id, client_key, fingerprint, key_version, message_type,
     client_id, body
   )
   SELECT given.* FROM unnest(
     $1::bigint[], $2::bigint[], $3::timestamptz[], $4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[], $8::uuid[], $9::uuid[],
     $10::smallint[], $11::text[], $12::text[], $13::bytea[]
   ) AS given (
     seq, version, created_at, dialog_id, id, sender_id, reply_to_id, client_key, fingerprint, key_version, message_type,
     client_id, body
   )
   JOIN messaging.dialogs ON dialogs.id = given.dialog_id AND dialogs.purged_seq < given.seq
   WHERE given.message_type <> 'system' OR EXISTS (
     SELECT FROM messaging.log_system_messages AS known
     WHERE known.dialog_id = given.dialog_id AND known.seq = given.seq
   )
   ON CONFLICT DO NOTHING`,
);
const DELETED = statement(
  'messaging.deleted-among',
  `SELECT messages.dialog_id, messages.seq FROM messaging.messages
   WHERE messages.id = ANY ($1::uuid[]) AND messages.deleted_at IS NOT NULL`,
);

type HeldDialog = { readonly id: DialogId; readonly last_seq: bigint; readonly version: bigint };

/**
 * Runs a transaction that changes messages of the log. They are copied to the database first. While it holds the dialogs'
 * rows it is rehearsed, which tells how many changes will not be refused; just as many versions are taken from the log, so
 * that each is above every version that anyone has seen; and then it is run.
 *
 * The log keeps nothing of what a deleted message said. A crash before that leaves it there, sealed, and repeating the
 * deletion takes it away.
 */
export async function changeInLog<T>(
  log: MessageLog,
  database: Database,
  changes: readonly Change[],
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  const rows = (await Promise.all(changes.map(({ dialogId, seq }) => log.range(dialogId, seq, seq)))).flat();
  const dialogIds = [...new Set(changes.map((change) => change.dialogId))];
  const done = await database.transaction(async (tx) => {
    const held = await tx.rows<HeldDialog>(HOLD, [dialogIds]);
    await copy(tx, rows);
    await tx.rows(REHEARSE);
    const rehearsed = await work(tx);
    const after = new Map((await tx.rows<HeldDialog>(HOLD, [dialogIds])).map((dialog) => [dialog.id, dialog.version]));
    const moving = held.filter((dialog) => after.get(dialog.id)! > dialog.version);
    if (moving.length === 0) return rehearsed;
    await tx.rows(TAKE_BACK);
    const reached = await Promise.all(
      moving.map(async ({ id: dialogId, last_seq: known, version: before }) => {
        const count = after.get(dialogId)! - before;
        const { seq, version } = await log.takeVersions(dialogId, known, Number(count));
        return { dialogId, seq, version: version - count };
      }),
    );
    await follow(tx, log, reached, []);
    return await work(tx);
  });
  const deletions = changes.filter((change) => change.kind === 'delete').map((change) => change.messageId);
  if (deletions.length > 0) await scrub(log, database, deletions);
  return done;
}

async function copy(tx: Tx, rows: readonly LogRow[]): Promise<void> {
  await tx.rows(COPY, [
    rows.map((row) => row.seq),
    rows.map((row) => row.version),
    rows.map((row) => row.created_at),
    rows.map((row) => row.dialog_id),
    rows.map((row) => row.id),
    rows.map((row) => row.sender_id),
    rows.map((row) => row.reply_to_id),
    rows.map((row) => row.client_key),
    rows.map((row) => row.fingerprint),
    rows.map((row) => row.key_version),
    rows.map((row) => row.message_type),
    rows.map((row) => row.client_id),
    rows.map((row) => row.body),
  ]);
}

async function scrub(log: MessageLog, database: Database, ids: readonly MessageId[]): Promise<void> {
  const deleted = await database.rows<{ dialog_id: DialogId; seq: bigint }>(DELETED, [ids]);
  await Promise.all(deleted.map(({ dialog_id: dialogId, seq }) => log.scrub(dialogId, seq)));
}
