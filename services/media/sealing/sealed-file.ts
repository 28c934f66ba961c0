import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { MediaId } from '#shared/ids.ts';
import type { ByteRange } from '../ports.ts';

const ALGORITHM = 'aes-256-gcm';
export const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Bytes of the file in each piece. Small enough that a range costs little more than itself. */
const PIECE_BYTES = 64 * 1024;
const SEALED_PIECE_BYTES = PIECE_BYTES + TAG_BYTES;

/** What a sealed object is of: a file or its thumbnail. They share a key and never a nonce. */
export type Part = 'file' | 'thumb';

/** Which object it is, and how long. A piece that is moved, or comes from a shorter or longer file, does not open. */
export type SealedPlace = { readonly mediaId: MediaId; readonly part: Part; readonly size: number };

/**
 * A file as it rests: pieces of 64 KiB, each sealed by AES-256-GCM on its own, so that any part can be read and nothing
 * is handed out before it was authenticated.
 *
 * The key is this file's alone and seals it once, so the piece's number makes the nonce.
 */
export function seal(key: Uint8Array, place: SealedPlace, bytes: Uint8Array): Buffer {
  const sealed: Buffer[] = [];
  for (let piece = 0; piece * PIECE_BYTES < bytes.length; piece++) {
    const cipher = createCipheriv(ALGORITHM, key, nonceOf(place.part, piece), { authTagLength: TAG_BYTES });
    cipher.setAAD(additionalData(place));
    const plain = bytes.subarray(piece * PIECE_BYTES, (piece + 1) * PIECE_BYTES);
    sealed.push(cipher.update(plain), cipher.final(), cipher.getAuthTag());
  }
  return Buffer.concat(sealed);
}

/** Which bytes of the sealed object hold this part of the file. */
export function sealedRange({ start, end }: ByteRange, size: number): ByteRange {
  const last = Math.floor(end / PIECE_BYTES);
  const pieceEnd = Math.min(size, (last + 1) * PIECE_BYTES) + (last + 1) * TAG_BYTES;
  return { start: Math.floor(start / PIECE_BYTES) * SEALED_PIECE_BYTES, end: pieceEnd - 1 };
}

/**
 * Opens what {@link sealedRange} named, as it comes.
 *
 * @throws while it is read, when a byte was changed or is missing
 */
export async function* open(
  key: Uint8Array,
  place: SealedPlace,
  { start, end }: ByteRange,
  sealed: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let piece = Math.floor(start / PIECE_BYTES);
  for await (const sealedPiece of piecesOf(sealed)) {
    const from = piece * PIECE_BYTES;
    const plain = openPiece(key, place, piece, sealedPiece);
    yield plain.subarray(Math.max(0, start - from), Math.min(plain.length, end + 1 - from));
    piece += 1;
  }
  if (piece * PIECE_BYTES <= end) throw new Error(`the stored object of ${place.mediaId} is too short`);
}

function openPiece(key: Uint8Array, place: SealedPlace, piece: number, sealed: Buffer): Buffer {
  const tagAt = sealed.length - TAG_BYTES;
  if (tagAt < 1) throw new Error(`the stored object of ${place.mediaId} is too short`);
  const decipher = createDecipheriv(ALGORITHM, key, nonceOf(place.part, piece), { authTagLength: TAG_BYTES });
  decipher.setAAD(additionalData(place));
  decipher.setAuthTag(sealed.subarray(tagAt));
  return Buffer.concat([decipher.update(sealed.subarray(0, tagAt)), decipher.final()]);
}

/** Cuts a stream into sealed pieces; only the last is shorter. */
async function* piecesOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let gathered: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    gathered.push(chunk);
    size += chunk.length;
    if (size < SEALED_PIECE_BYTES) continue;
    const all = Buffer.concat(gathered);
    const whole = size - (size % SEALED_PIECE_BYTES);
    for (let at = 0; at < whole; at += SEALED_PIECE_BYTES) yield all.subarray(at, at + SEALED_PIECE_BYTES);
    gathered = [all.subarray(whole)];
    size -= whole;
  }
  if (size > 0) yield Buffer.concat(gathered);
}

function nonceOf(part: Part, piece: number): Buffer {
  const nonce = Buffer.alloc(NONCE_BYTES);
  nonce[0] = part === 'file' ? 0 : 1;
  nonce.writeUInt32BE(piece, NONCE_BYTES - 4);
  return nonce;
}

function additionalData({ mediaId, part, size }: SealedPlace): Buffer {
  return Buffer.from(`${mediaId}:${part}:${size}`, 'latin1');
}

/** Bound to the wrapped key as additional data: it unwraps for this file only. */
export function keyContext(mediaId: MediaId): string {
  return `media:${mediaId}`;
}
