import type { PrivacyRequestId } from '#shared/ids.ts';
import type { ExportSection } from '#shared/privacy.ts';
import { firstRow, type Sql, statement } from '#shared/sql.ts';
import type { PartId } from './ports.ts';

export type PartRow = {
  readonly section: ExportSection;
  readonly number: number;
  readonly object_id: PartId;
  readonly size: bigint;
};

const RESERVE = statement(
  'auth.reserve-export-part',
  `INSERT INTO auth.export_parts (request_id, section, number, object_id, size) VALUES ($1, $2, $3, $4, 0)
   ON CONFLICT (request_id, section, number) DO UPDATE SET size = 0
   RETURNING export_parts.object_id`,
);

/** The name of the object of a part: the one it has, or the one that is given. */
export async function reservePart(
  sql: Sql,
  requestId: PrivacyRequestId,
  part: { readonly section: ExportSection; readonly number: number; readonly id: PartId },
): Promise<PartId> {
  const row = await firstRow<{ object_id: PartId }>(sql, RESERVE, [requestId, part.section, part.number, part.id]);
  return row!.object_id;
}

const SET_SIZE = statement(
  'auth.size-export-part',
  'UPDATE auth.export_parts SET size = $2 WHERE export_parts.object_id = $1',
);

export async function setSize(sql: Sql, id: PartId, size: number): Promise<void> {
  await sql.rows(SET_SIZE, [id, size]);
}

const PARTS = statement(
  'auth.export-parts',
  `SELECT export_parts.section, export_parts.number, export_parts.object_id, export_parts.size
   FROM auth.export_parts WHERE export_parts.request_id = $1 ORDER BY export_parts.section, export_parts.number`,
);

export function partsOf(sql: Sql, requestId: PrivacyRequestId): Promise<PartRow[]> {
  return sql.rows<PartRow>(PARTS, [requestId]);
}

const FORGET = statement('auth.forget-export-part', 'DELETE FROM auth.export_parts WHERE export_parts.object_id = $1');

/** After its object is gone. */
export async function forgetPart(sql: Sql, id: PartId): Promise<void> {
  await sql.rows(FORGET, [id]);
}
