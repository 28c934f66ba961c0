import { randomBytes } from 'node:crypto';
import type { Caller } from '#shared/caller.ts';
import type { MediaType, Purpose, StoredMedia } from '#shared/contracts/media.ts';
import { AppError } from '#shared/errors.ts';
import { happened } from '#shared/events/event.ts';
import { MediaStored } from '#shared/events/media.ts';
import type { IdempotencyKey } from '#shared/http/call.ts';
import { type MediaId, regionOf } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import type { Tx } from '#shared/sql.ts';
import { accept } from './accept.ts';
import type { MediaPorts } from './ports.ts';
import { strip } from './privacy/strip.ts';
import { removeFile } from './remove-file.ts';
import { fileKey, isPublic, thumbKey } from './rules.ts';
import { KEY_BYTES, keyContext, seal } from './sealing/sealed-file.ts';
import { countIn, insertPending, markStored, type NewFile } from './store.ts';

export type Upload = {
  readonly purpose: Purpose;
  readonly bytes: Uint8Array;
  /** The Content-Type header. */
  readonly statedType: string | undefined;
};

/** What is about to be stored: the bytes as they rest, and the row that tells of them. */
type Prepared = { readonly row: NewFile; readonly objects: readonly (readonly ['file' | 'thumb', Uint8Array])[] };

/**
 * Stores a file: found out, freed of what it tells about its maker, drawn small if it is a picture, sealed if it is
 * private.
 *
 * The row comes first and says `pending`, then the bytes, then key and answer with the row's `stored`: a crash at any
 * point leaves something that the sweep finds.
 *
 * @throws {AppError} as {@link accept}; CONFLICT when the caller has stored as much as one may
 */
export function makeUploadMedia(ports: MediaPorts) {
  const { databases, stores, outbox, idempotency, log } = ports;

  return async (caller: Caller, upload: Upload, key: IdempotencyKey | undefined): Promise<StoredMedia> => {
    const prepared = await prepare(ports, caller, upload);
    const { row } = prepared;
    const region = regionOf(row.id);
    const [database, store] = [databases.of(region), stores.of(region)];
    await database.transaction((tx) => reserve(tx, row, ports.bytesPerUserMax));
    let isNew = false;
    try {
      for (const [part, bytes] of prepared.objects) {
        await store.put(part === 'file' ? fileKey(row.id) : thumbKey(row.id), bytes);
      }
      const reply = await database.transaction((tx) =>
        idempotency.run(tx, { userId: caller.userId, call: 'uploadMedia', key }, async () => {
          if (!(await markStored(tx, row.id))) throw new AppError('TIMEOUT');
          await outbox.append(tx, told(row));
          isNew = true;
          return { status: 201, body: answerOf(row) };
        }),
      );
      return reply.body;
    } catch (error) {
      isNew = false;
      throw error;
    } finally {
      // A refused or repeated upload leaves nothing. What cannot be removed now is removed by the sweep.
      if (!isNew) {
        await removeFile(ports, row.id).catch((err: unknown) =>
          log.warn({ mediaId: row.id, err }, 'left to the sweep'),
        );
      }
    }
  };
}

async function prepare(ports: MediaPorts, caller: Caller, { purpose, bytes, statedType }: Upload): Promise<Prepared> {
  const type = accept(purpose, bytes, statedType);
  const file = strip(type, bytes);
  const thumb = type.startsWith('image/') ? await ports.thumbnailer.make(file) : undefined;
  const id = newId<MediaId>(caller.country);
  const key = isPublic(purpose) ? undefined : randomBytes(KEY_BYTES);
  const atRest = (part: 'file' | 'thumb', plain: Uint8Array) =>
    key === undefined ? plain : seal(key, { mediaId: id, part, size: plain.length }, plain);
  const row: NewFile = {
    id,
    ownerId: caller.userId,
    purpose,
    type,
    size: file.length,
    sha256: await sha256(file),
    thumb: thumb && { size: thumb.length, sha256: await sha256(thumb) },
    key: key && (await ports.keyManagement.wrap(key, keyContext(id))),
    at: ports.clock(),
  };
  const small = thumb === undefined ? [] : [['thumb', atRest('thumb', thumb)] as const];
  return { row, objects: [['file', atRest('file', file)], ...small] };
}

/** Off the event loop, unlike `createHash`. */
async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

async function reserve(tx: Tx, row: NewFile, bytesMax: number): Promise<void> {
  if (!(await countIn(tx, row.ownerId, row.size + (row.thumb?.size ?? 0), bytesMax))) {
    const message = `You have stored as much as one may: ${Math.floor(bytesMax / 1024 ** 2)} MB`;
    throw new AppError('CONFLICT', { message });
  }
  await insertPending(tx, row);
}

function told({ id, ownerId, purpose, type, size }: NewFile) {
  const stored = happened(MediaStored, id, { media_id: id, owner_id: ownerId, purpose, mime_type: type, size });
  const audit = { actor: ownerId, action: 'media.stored', subject: id, region: regionOf(id), outcome: 'ok' } as const;
  return { events: [stored], audit: purpose === 'kyc' ? [audit] : [] };
}

function answerOf({
  id,
  type,
  size,
  sha256: digest,
}: {
  id: MediaId;
  type: MediaType;
  size: number;
  sha256: Uint8Array;
}) {
  return {
    media_id: id,
    url: `/api/v1/media/${id}`,
    mime_type: type,
    size,
    sha256: Buffer.from(digest).toString('hex'),
  };
}
