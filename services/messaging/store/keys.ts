import type { DialogId } from '#shared/ids.ts';
import type { WrappedKey } from '#shared/key-management.ts';
import { type Database, type Sql, type Tx, firstRow, statement } from '#shared/sql.ts';

export type KeyRow = {
  readonly dialog_id: DialogId;
  readonly key_version: number;
  readonly wrapped_by: string;
  /** Empty when the key was destroyed. */
  readonly sealed: Uint8Array;
  readonly destroyed_at: Date | null;
};

const COLUMNS = `dialog_keys.dialog_id, dialog_keys.key_version, dialog_keys.wrapped_by, dialog_keys.sealed,
  dialog_keys.destroyed_at`;

const FIND = statement(
  'messaging.find-keys',
  `SELECT ${COLUMNS} FROM messaging.dialog_keys WHERE dialog_keys.dialog_id = ANY ($1::uuid[])
   ORDER BY dialog_keys.dialog_id, dialog_keys.key_version`,
);
const ADD = statement(
  'messaging.add-key',
  `INSERT INTO messaging.dialog_keys (dialog_id, key_version, wrapped_by, sealed, since_version)
   SELECT dialogs.id, $2, $3, $4, dialogs.version FROM messaging.dialogs WHERE dialogs.id = $1
   ON CONFLICT (dialog_id, key_version) DO NOTHING RETURNING dialog_keys.key_version`,
);
const WRAPPED_BY_OTHERS = statement(
  'messaging.keys-wrapped-by-others',
  `SELECT ${COLUMNS} FROM messaging.dialog_keys
   WHERE dialog_keys.destroyed_at IS NULL AND (dialog_keys.wrapped_by < $1 OR dialog_keys.wrapped_by > $1)
   LIMIT $2`,
);
const REWRAP = statement('messaging.rewrap-key', 'SELECT messaging.rewrap_key($1, $2, $3, $4, $5) AS done');
const WORN = statement(
  'messaging.worn-keys',
  `SELECT seen.id, seen.version - newest.since_version >= $2 AS worn
   FROM (SELECT dialogs.id, dialogs.version FROM messaging.dialogs WHERE dialogs.id > $1 ORDER BY dialogs.id LIMIT $3) AS seen
   CROSS JOIN LATERAL (
     SELECT dialog_keys.since_version, dialog_keys.destroyed_at FROM messaging.dialog_keys
     WHERE dialog_keys.dialog_id = seen.id ORDER BY dialog_keys.key_version DESC LIMIT 1
   ) AS newest
   WHERE newest.destroyed_at IS NULL
   ORDER BY seen.id`,
);
const DESTROY = statement('messaging.destroy-keys', 'SELECT messaging.destroy_keys($1) AS destroyed');

/** Every version of the keys of these dialogs, versions ascending within a dialog. */
export function findKeys(sql: Sql, dialogIds: readonly DialogId[]): Promise<KeyRow[]> {
  return sql.rows<KeyRow>(FIND, [dialogIds]);
}

/** Whether the key is new: false when the dialog has this version already. */
export async function addKey(sql: Sql, dialogId: DialogId, version: number, key: WrappedKey): Promise<boolean> {
  return (await sql.rows(ADD, [dialogId, version, key.wrappedBy, key.sealed])).length > 0;
}

/** Some keys that are wrapped by another than this wrapping key. */
export function keysWrappedByOthers(database: Database, wrappedBy: string, limit: number): Promise<KeyRow[]> {
  return database.rows<KeyRow>(WRAPPED_BY_OTHERS, [wrappedBy, limit]);
}

/** Whether it was done: false when the key was wrapped anew or destroyed since it was read. */
export async function rewrapKey(sql: Sql, row: KeyRow, { wrappedBy, sealed }: WrappedKey): Promise<boolean> {
  const answer = await firstRow<{ done: boolean }>(sql, REWRAP, [
    row.dialog_id,
    row.key_version,
    row.sealed,
    wrappedBy,
    sealed,
  ]);
  return answer?.done === true;
}

/** The next `limit` dialogs after an id, each with whether its newest key has sealed at least `seals` times. */
export function wearOfKeys(
  database: Database,
  after: string,
  seals: number,
  limit: number,
): Promise<{ readonly id: DialogId; readonly worn: boolean }[]> {
  return database.rows(WORN, [after, seals, limit]);
}

/** How many versions of the key there still were. */
export async function destroyKeys(tx: Tx, dialogId: DialogId): Promise<number> {
  const answer = await firstRow<{ destroyed: number }>(tx, DESTROY, [dialogId]);
  return answer?.destroyed ?? 0;
}
