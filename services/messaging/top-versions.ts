import { type DialogId, regionOf } from '#shared/ids.ts';
import { type Databases, statement } from '#shared/sql.ts';

const TOP_VERSIONS = statement(
  'messaging.top-versions',
  `SELECT dialogs.id AS dialog_id, dialogs.version FROM messaging.dialogs WHERE dialogs.id = ANY ($1::uuid[])`,
);

/** How far a dialog has got. */
export type TopVersion = { readonly dialog_id: DialogId; readonly version: number };

type Row = { readonly dialog_id: DialogId; readonly version: bigint };

/**
 * How far each of these dialogs has got, those that exist; for a node's beacon, so no membership is asked about. A few
 * hundred at a time: one look at the primary key each.
 */
export function makeTopVersions({ databases }: { readonly databases: Databases }) {
  return async (dialogIds: readonly DialogId[]): Promise<TopVersion[]> => {
    const byHome = Map.groupBy(dialogIds, (id) => databases.of(regionOf(id)));
    const found = await Promise.all(Array.from(byHome, ([database, ids]) => database.rows<Row>(TOP_VERSIONS, [ids])));
    return found.flat().map(({ dialog_id, version }) => ({ dialog_id, version: Number(version) }));
  };
}
