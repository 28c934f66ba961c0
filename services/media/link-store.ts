import type { DialogId, MediaId, UserId } from '#shared/ids.ts';
import { type Database, firstRow, type Sql, statement, type Tx } from '#shared/sql.ts';

/** A message that shows a file. */
export type Showing = {
  readonly mediaId: MediaId;
  readonly dialogId: DialogId;
  /** The message's client key: 32 hexadecimal digits, the same however often it is sent. */
  readonly messageKey: string;
};

const DIALOGS = statement(
  'media.dialogs-of-file',
  `SELECT links.dialog_id FROM media.links WHERE links.media_id = $1
   GROUP BY links.dialog_id ORDER BY max(links.linked_at) DESC`,
);

/** The dialogs that a file was sent to, the latest first. */
export async function dialogsOf(sql: Sql, id: MediaId): Promise<DialogId[]> {
  return (await sql.rows<{ dialog_id: DialogId }>(DIALOGS, [id])).map((row) => row.dialog_id);
}

/** How widely a file is shown, and whether to the members of one dialog. */
export type Spread = { readonly messages: number; readonly dialogs: number; readonly is_there: boolean };

const SPREAD = statement(
  'media.spread-of-file',
  `SELECT count(*)::integer AS messages, count(DISTINCT links.dialog_id)::integer AS dialogs,
     coalesce(bool_or(links.dialog_id = $2), false) AS is_there
   FROM media.links WHERE links.media_id = $1`,
);

export async function spreadOf(tx: Tx, id: MediaId, dialogId: DialogId): Promise<Spread> {
  return (await firstRow<Spread>(tx, SPREAD, [id, dialogId]))!;
}

const TOUCH = statement(
  'media.touch-link',
  `UPDATE media.links SET linked_at = $4
   WHERE links.media_id = $1 AND links.dialog_id = $2 AND links.shown_by = $3::uuid RETURNING links.media_id`,
);

/** Says of a link that is there already that its message was sent again. False when there is none. */
export async function touch(tx: Tx, { mediaId, dialogId, messageKey }: Showing, at: Date): Promise<boolean> {
  return (await firstRow(tx, TOUCH, [mediaId, dialogId, messageKey, at])) !== undefined;
}

const LINK = statement(
  'media.link',
  'INSERT INTO media.links (media_id, dialog_id, shown_by, linked_at) VALUES ($1, $2, $3::uuid, $4)',
);

export async function link(tx: Tx, { mediaId, dialogId, messageKey }: Showing, at: Date): Promise<void> {
  await tx.rows(LINK, [mediaId, dialogId, messageKey, at]);
}

const UNLINK = statement(
  'media.unlink',
  'DELETE FROM media.links WHERE links.media_id = $1 AND links.dialog_id = $2 AND links.shown_by = $3::uuid',
);

export async function unlink(tx: Tx, { mediaId, dialogId, messageKey }: Showing): Promise<void> {
  await tx.rows(UNLINK, [mediaId, dialogId, messageKey]);
}

const UNLINK_BEFORE = statement(
  'media.unlink-before',
  'DELETE FROM media.links WHERE links.media_id = $1 AND links.dialog_id = $2 AND links.linked_at < $3',
);

export async function unlinkBefore(tx: Tx, id: MediaId, dialogId: DialogId, before: Date): Promise<void> {
  await tx.rows(UNLINK_BEFORE, [id, dialogId, before]);
}

const LINKED_BEFORE = statement(
  'media.linked-before',
  `SELECT DISTINCT links.media_id FROM media.links
   WHERE links.dialog_id = $1 AND links.linked_at < $2 LIMIT $3`,
);

/** Files that messages of a dialog show which were sent before a moment. */
export async function linkedBefore(
  database: Database,
  dialogId: DialogId,
  before: Date,
  limit: number,
): Promise<MediaId[]> {
  const rows = await database.rows<{ media_id: MediaId }>(LINKED_BEFORE, [dialogId, before, limit]);
  return rows.map((row) => row.media_id);
}

const HOLD = statement(
  'media.hold-shown-file',
  `SELECT files.owner_id FROM media.files
   WHERE files.id = $1 AND files.purpose = 'message' AND files.state = 'stored' FOR NO KEY UPDATE`,
);

/** The owner of a file for messages that can be read; no message is linked to it or loses its link meanwhile. */
export async function holdShown(tx: Tx, id: MediaId): Promise<UserId | undefined> {
  return (await firstRow<{ owner_id: UserId }>(tx, HOLD, [id]))?.owner_id;
}
