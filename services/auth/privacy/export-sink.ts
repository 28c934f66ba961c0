import { AppError } from '#shared/errors.ts';
import { PrivacyRequestId, regionOf } from '#shared/ids.ts';
import type { WrappedKey } from '#shared/key-management.ts';
import { newId } from '#shared/new-id.ts';
import type { ExportSink } from '#shared/privacy.ts';
import { firstRow, type Sql, statement } from '#shared/sql.ts';
import { actingAs } from '#shared/act-as.ts';
import { forgetPart, partsOf, reservePart, setSize } from './part-store.ts';
import type { PartId, PrivacyPorts } from './ports.ts';
import { exportKeyContext, sealPart } from './sealed-part.ts';

const FIND_KEY = statement(
  'auth.export-key',
  `SELECT privacy_requests.wrapped_by, privacy_requests.sealed_key FROM auth.privacy_requests
   WHERE privacy_requests.id = $1 AND privacy_requests.sealed_key IS NOT NULL`,
);

/**
 * The key of an export that can still be written or read, wrapped.
 *
 * @throws {AppError} CONFLICT when it is gone
 */
export async function wrappedKeyOf(sql: Sql, id: PrivacyRequestId): Promise<WrappedKey> {
  const row = await firstRow<{ wrapped_by: string; sealed_key: Uint8Array }>(sql, FIND_KEY, [id]);
  if (row === undefined) throw new AppError('CONFLICT', { message: 'The export is over' });
  return { wrappedBy: row.wrapped_by, sealed: row.sealed_key };
}

/**
 * Keeps the parts of exports: sealed with the key of their request, in the media store of the person's region. The row of
 * a part is there before its object, so that a crash leaves no object that nobody removes.
 */
export function makeExportSink(ports: Pick<PrivacyPorts, 'databases' | 'parts' | 'keyManagement'>): ExportSink {
  return {
    put: async (request, section, number, records) => {
      const requestId = PrivacyRequestId.parse(request);
      const region = regionOf(requestId);
      const database = ports.databases.of(region);
      const part = { section, number, id: newId<PartId>(region) };
      const { id, wrapped } = await actingAs(database, 'worker', async (tx) => ({
        wrapped: await wrappedKeyOf(tx, requestId),
        id: await reservePart(tx, requestId, part),
      }));
      const key = await ports.keyManagement.unwrap(wrapped, exportKeyContext(requestId));
      const plain = Buffer.from(records.map((record) => JSON.stringify(record, plainly)).join(','));
      await ports.parts.put(region, id, sealPart(key, requestId, id, plain));
      await actingAs(database, 'worker', (tx) => setSize(tx, id, plain.length));
    },
    close: async (request, section, pieces) => {
      const requestId = PrivacyRequestId.parse(request);
      const region = regionOf(requestId);
      const database = ports.databases.of(region);
      const parts = await actingAs(database, 'worker', (tx) => partsOf(tx, requestId));
      for (const part of parts.filter((one) => one.section === section && one.number >= pieces)) {
        await ports.parts.delete(region, part.object_id);
        await actingAs(database, 'worker', (tx) => forgetPart(tx, part.object_id));
      }
    },
  };
}

/** Numbers of 64 bits as text, which JSON has no other way for. */
function plainly(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
