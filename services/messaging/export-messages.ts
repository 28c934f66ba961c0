import type { WireMessage } from '#shared/contracts/messaging/message.ts';
import type { DialogId, UserId } from '#shared/ids.ts';
import { type Database, type Databases, statement } from '#shared/sql.ts';
import type { Reading } from './reading.ts';

/** Messages read at a time: about a megabyte. */
const PAGE = 500;

const DIALOGS = statement(
  'messaging.dialogs-of-user',
  `(SELECT participants.dialog_id FROM messaging.participants
    WHERE participants.user_id = $1 AND participants.dialog_id > $2 ORDER BY participants.dialog_id LIMIT $3)
   UNION
   (SELECT past_dialogs.dialog_id FROM messaging.past_dialogs
    WHERE past_dialogs.user_id = $1 AND past_dialogs.dialog_id > $2 ORDER BY past_dialogs.dialog_id LIMIT $3)
   ORDER BY dialog_id LIMIT $3`,
);
/** Dialogs looked up at a time. */
const DIALOGS_PAGE = 100;
const NIL = '00000000-0000-0000-0000-000000000000';

type Ports = { readonly databases: Databases; readonly reading: Reading };

/** Page by page what a person has sent, dialog by dialog, ascending by seq. Pages are never empty. */
export type ExportMessages = (userId: UserId) => AsyncGenerator<readonly WireMessage[]>;

/**
 * Everything that a person has sent that is still there, for their data export: in the dialogs that they are in, and in
 * those that they have left or that were deleted and are not purged yet. What others said is theirs, and is left out. It reads every message of those dialogs, in pages, so it is slow on purpose and holds nothing.
 */
export function makeExportMessages({ databases, reading }: Ports): ExportMessages {
  async function* own(userId: UserId): AsyncGenerator<readonly WireMessage[]> {
    for (const database of databases.all) {
      for await (const dialogId of dialogsOf(database, userId)) yield* sentIn(database, dialogId, userId);
    }
  }

  async function* sentIn(database: Database, dialogId: DialogId, userId: UserId) {
    for (let seq = 0; ;) {
      const rows = await reading.store.after(database, dialogId, seq, PAGE);
      const mine = rows.filter((row) => row.sender_id === userId && row.message_type !== 'system');
      if (mine.length > 0) yield await reading.messages(database, mine, new Map());
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE) return;
      seq = Number(last.seq);
    }
  }

  return own;
}

async function* dialogsOf(database: Database, userId: UserId): AsyncGenerator<DialogId> {
  for (let after: string = NIL; ;) {
    const rows = await database.rows<{ dialog_id: DialogId }>(DIALOGS, [userId, after, DIALOGS_PAGE]);
    for (const { dialog_id: dialogId } of rows) yield dialogId;
    const last = rows.at(-1);
    if (last === undefined || rows.length < DIALOGS_PAGE) return;
    after = last.dialog_id;
  }
}
