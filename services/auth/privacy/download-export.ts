import type { Caller } from '#shared/caller.ts';
import { AppError } from '#shared/errors.ts';
import type { Bytes } from '#shared/http/call.ts';
import type { PrivacyRequestId } from '#shared/ids.ts';
import { EXPORT_SECTIONS, type ExportSection } from '#shared/privacy.ts';
import type { Country } from '#shared/regions.ts';
import { lessTrustedUntil, newDeviceRefusal } from '../limited.ts';
import { actingAs } from '#shared/act-as.ts';
import { wrappedKeyOf } from './export-sink.ts';
import { type PartRow, partsOf } from './part-store.ts';
import type { PrivacyPorts } from './ports.ts';
import { ownRequest } from './read-request.ts';
import { exportKeyContext, openPart } from './sealed-part.ts';
import type { RequestRow } from './store.ts';

type Ports = Pick<PrivacyPorts, 'databases' | 'outbox' | 'parts' | 'keyManagement' | 'clock'>;

export type ExportFile = { readonly headers: Readonly<Record<string, string>>; readonly body: Bytes };

/** A piece of the file: text of our own, or a part. */
type Piece = string | PartRow;

/**
 * An export as one JSON document, put together while it is read. Each reading is written down before its first byte.
 *
 * @throws {AppError} FORBIDDEN on a new device; NOT_FOUND for someone else's, and for one that is not ready or is over
 */
export async function downloadExport(ports: Ports, caller: Caller, id: PrivacyRequestId): Promise<ExportFile> {
  const { userId, country } = caller;
  const database = ports.databases.of(country);
  const until = await lessTrustedUntil(ports, caller);
  if (until !== undefined) throw newDeviceRefusal(until);
  const { request, parts, wrapped } = await actingAs(database, userId, async (tx) => {
    const own = await ownRequest(tx, userId, id);
    if (!isOpen(own, ports.clock())) throw new AppError('NOT_FOUND');
    const facts = { requestId: id };
    const entry = { actor: userId, action: 'auth.export_read', subject: userId, region: country } as const;
    await ports.outbox.append(tx, { audit: [{ ...entry, outcome: 'ok', facts }] });
    return { request: own, parts: await partsOf(tx, id), wrapped: await wrappedKeyOf(tx, id) };
  });
  const key = await ports.keyManagement.unwrap(wrapped, exportKeyContext(id));
  const pieces = piecesOf(parts, {
    format: 'tchat-export-1',
    request_id: id,
    user_id: userId,
    created_at: request.completed_at!.toISOString(),
  });
  const size = pieces.reduce((sum, piece) => sum + sizeOf(piece), 0);
  return {
    headers: {
      'Content-Type': 'application/json',
      'Content-Length': String(size),
      'Content-Disposition': `attachment; filename="tchat-${id}.json"`,
      'Cache-Control': 'private, no-store',
    },
    body: read(ports, { id, country, key, pieces }),
  };
}

function isOpen({ kind, status, expires_at: until }: RequestRow, now: Date): boolean {
  return kind === 'export' && status === 'completed' && until !== null && until > now;
}

function sizeOf(piece: Piece): number {
  return typeof piece === 'string' ? Buffer.byteLength(piece) : Number(piece.size);
}

function piecesOf(parts: readonly PartRow[], head: object): Piece[] {
  const bySection = Map.groupBy(parts, ({ section }) => section);
  const lists = EXPORT_SECTIONS.filter((section) => bySection.has(section)).flatMap((section) =>
    listOf(section, bySection.get(section)!),
  );
  return [JSON.stringify(head).slice(0, -1), ...lists, '}'];
}

function listOf(section: ExportSection, parts: readonly PartRow[]): Piece[] {
  // A part without a record has no bytes, and a comma beside it would break the list.
  const full = parts.filter(({ size }) => size > 0n);
  const records = full.flatMap((part, place): Piece[] => (place === 0 ? [part] : [',', part]));
  return [`,"${section}":[`, ...records, ']'];
}

type Reading = {
  readonly id: PrivacyRequestId;
  readonly country: Country;
  readonly key: Uint8Array;
  readonly pieces: readonly Piece[];
};

async function* read(
  { parts }: Pick<Ports, 'parts'>,
  { id, country, key, pieces }: Reading,
): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    if (typeof piece === 'string') yield Buffer.from(piece);
    else yield openPart(key, id, piece.object_id, await whole(await parts.get(country, piece.object_id)));
  }
}

async function whole(bytes: Bytes | undefined): Promise<Uint8Array> {
  if (bytes === undefined) throw new AppError('NOT_FOUND');
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}
