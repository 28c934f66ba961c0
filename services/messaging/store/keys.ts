import type { DialogId } from '#shared/ids.ts';
import { type Sql, statement } from '#shared/sql.ts';
import type { WrappedKey } from '../ports.ts';

export type KeyRow = {
  readonly dialog_id: DialogId;
  readonly key_version: number;
  readonly wrapped_by: string;
  readonly sealed: Uint8Array;
};

const FIND = statement(
  'messaging.find-keys',
  `SELECT dialog_keys.dialog_id, dialog_keys.key_version, dialog_keys.wrapped_by, dialog_keys.sealed
   FROM messaging.dialog_keys WHERE dialog_keys.dialog_id = ANY ($1::uuid[])
   ORDER BY dialog_keys.dialog_id, dialog_keys.key_version`,
);
const ADD = statement(
  'messaging.add-key',
  `INSERT INTO messaging.dialog_keys (dialog_id, key_version, wrapped_by, sealed) VALUES ($1, $2, $3, $4)`,
);

/** Every version of the keys of these dialogs, versions ascending within a dialog. */
export function findKeys(sql: Sql, dialogIds: readonly DialogId[]): Promise<KeyRow[]> {
  return sql.rows<KeyRow>(FIND, [dialogIds]);
}

export async function addKey(sql: Sql, dialogId: DialogId, version: number, key: WrappedKey): Promise<void> {
  await sql.rows(ADD, [dialogId, version, key.wrappedBy, key.sealed]);
}
