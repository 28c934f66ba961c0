import type { Caller } from '#shared/caller.ts';
import type { MediaType } from '#shared/contracts/media.ts';
import { AppError } from '#shared/errors.ts';
import type { Bytes } from '#shared/http/call.ts';
import { type MediaId, regionOf } from '#shared/ids.ts';
import { begin, ofSize } from './begin.ts';
import { byteRange } from './byte-range.ts';
import { admitReader } from './admit-reader.ts';
import type { ByteRange, MediaPorts } from './ports.ts';
import { cacheControl, contentDisposition, contentType, fileKey, isSeekable, thumbKey } from './rules.ts';
import { keyContext, open, sealedRange } from './sealing/sealed-file.ts';
import { type FileRow, findFile } from './store.ts';

/** What a client asks for, with its headers as they came. */
export type Reading = {
  readonly variant: 'thumb' | undefined;
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
  readonly ifNoneMatch: string | undefined;
};

type Headers = Readonly<Record<string, string>>;
export type MediaAnswer =
  | { readonly status: 200 | 206; readonly headers: Headers; readonly body: Bytes }
  | { readonly status: 304; readonly headers: Headers };

/** The file or its thumbnail, whichever is read. */
type Shown = {
  readonly part: 'file' | 'thumb';
  readonly type: MediaType;
  readonly size: number;
  readonly sha256: Uint8Array;
};

/**
 * Reads a file.
 *
 * @throws {AppError} as {@link admitReader}; NOT_FOUND for a thumbnail of what is no picture, RANGE_NOT_SATISFIABLE,
 *   UPSTREAM_UNAVAILABLE while the store is away
 */
export function makeReadMedia(ports: MediaPorts) {
  return async (caller: Caller | undefined, id: MediaId, asked: Reading): Promise<MediaAnswer> => {
    const found = await findFile(ports.databases.of(regionOf(id)), id);
    const file = await admitReader(ports, caller, found);
    const shown = shownOf(file, asked.variant);
    const etag = `"${Buffer.from(shown.sha256).toString('hex')}"`;
    const isKnown = { ETag: etag, 'Cache-Control': cacheControl(file.purpose) };
    if (matches(asked.ifNoneMatch, etag)) return { status: 304, headers: isKnown };

    const seekable = isSeekable(shown.type) && shown.part === 'file';
    const mayRange = seekable && (asked.ifRange === undefined || asked.ifRange === etag);
    const range = mayRange ? byteRange(asked.range, shown.size) : undefined;
    const { start, end } = range ?? { start: 0, end: shown.size - 1 };
    return {
      status: range === undefined ? 200 : 206,
      headers: {
        ...isKnown,
        'Content-Type': contentType(shown.type),
        'Content-Length': String(end - start + 1),
        'Content-Disposition': contentDisposition(id, shown.type),
        // Should a browser be made to open it as a page, it may do nothing there.
        'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
        'Cross-Origin-Resource-Policy': isKnown['Cache-Control'].startsWith('public') ? 'cross-origin' : 'same-site',
        ...(seekable ? { 'Accept-Ranges': 'bytes' } : {}),
        ...(range === undefined ? {} : { 'Content-Range': `bytes ${start}-${end}/${shown.size}` }),
      },
      body: await begin(await streamOf(ports, file, shown, { start, end })),
    };
  };
}

function shownOf(file: FileRow, variant: Reading['variant']): Shown {
  if (variant === undefined) {
    return { part: 'file', type: file.mime_type, size: Number(file.size), sha256: file.sha256 };
  }
  const { thumb_size: size, thumb_sha256: sha256 } = file;
  if (size === null || sha256 === null) throw new AppError('NOT_FOUND', { message: 'Only pictures have a thumbnail' });
  return { part: 'thumb', type: 'image/webp', size, sha256 };
}

/** If-None-Match is compared weakly (RFC 9110 section 13.1.2), and proxies make ours weak when they compress. */
function matches(header: string | undefined, etag: string): boolean {
  const known = new Set((header ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, '')));
  return known.has(etag) || known.has('*');
}

async function streamOf(ports: MediaPorts, file: FileRow, { part, size }: Shown, range: ByteRange): Promise<Bytes> {
  const { id, wrapped_by: wrappedBy, sealed_key: sealedKey } = file;
  const store = ports.stores.of(regionOf(id));
  const objectKey = part === 'file' ? fileKey(id) : thumbKey(id);
  const isSealed = wrappedBy !== null && sealedKey !== null;
  const stored = await store.get(objectKey, isSealed ? sealedRange(range, size) : range);
  if (stored === undefined) throw new Error(`the stored object ${objectKey} is missing`);
  if (!isSealed) return ofSize(range.end - range.start + 1, stored);
  const key = await ports.keyManagement.unwrap({ wrappedBy, sealed: sealedKey }, keyContext(id));
  return open(key, { mediaId: id, part, size }, range, stored);
}
