import type { DialogId } from '#shared/ids.ts';
import { type Database, type Tx, firstRow, statement } from '#shared/sql.ts';

const LIMITED = statement(
  'messaging.dialogs-with-retention',
  `SELECT dialogs.id, dialogs.message_retention_days FROM messaging.dialogs
   WHERE dialogs.message_retention_days IS NOT NULL AND dialogs.deleted_at IS NULL AND dialogs.id > $1
   ORDER BY dialogs.id LIMIT $2`,
);
const DELETED = statement(
  'messaging.deleted-dialogs',
  `SELECT dialogs.id FROM messaging.dialogs WHERE dialogs.deleted_at < $1 ORDER BY dialogs.deleted_at LIMIT $2`,
);
const PURGE = statement('messaging.purge-dialog', 'SELECT messaging.purge_dialog($1, $2, $3) AS count');
const PURGE_SYSTEM = statement(
  'messaging.purge-system-messages',
  'SELECT messaging.purge_system_messages($1, $2) AS count',
);
const FORGET = statement('messaging.forget-dialog', 'SELECT messaging.forget_dialog($1, $2) AS done');

export type LimitedDialog = { readonly id: DialogId; readonly message_retention_days: number };

/** The next dialogs after an id that keep messages for some days only. */
export function dialogsWithRetention(database: Database, after: string, limit: number): Promise<LimitedDialog[]> {
  return database.rows<LimitedDialog>(LIMITED, [after, limit]);
}

/** Dialogs that were deleted before a moment, the first deleted first. */
export function deletedDialogs(database: Database, before: Date, limit: number): Promise<{ readonly id: DialogId }[]> {
  return database.rows(DELETED, [before, limit]);
}

async function counted(tx: Tx, query: typeof PURGE, values: readonly unknown[]): Promise<number> {
  return (await firstRow<{ count: number }>(tx, query, values))?.count ?? 0;
}

/** Purges the oldest messages sent before a moment, or all. @returns less than `limit` when nothing is left to do */
export function purgeDialog(tx: Tx, dialogId: DialogId, sentBefore: Date | null, limit: number): Promise<number> {
  return counted(tx, PURGE, [dialogId, sentBefore, limit]);
}

/** Purges system messages of any dialog that were sent before a moment. @returns how many */
export function purgeSystemMessages(tx: Tx, sentBefore: Date, limit: number): Promise<number> {
  return counted(tx, PURGE_SYSTEM, [sentBefore, limit]);
}

/** Forgets a dialog that was deleted before a moment and has no messages. */
export async function forgetDialog(tx: Tx, dialogId: DialogId, deletedBefore: Date): Promise<boolean> {
  return (await firstRow<{ done: boolean }>(tx, FORGET, [dialogId, deletedBefore]))?.done === true;
}
