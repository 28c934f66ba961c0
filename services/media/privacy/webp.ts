import { asBuffer, hasAt } from '../content/bytes.ts';
import { exifOf, orientationOf } from './orientation.ts';

const HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
/** Of the flags in VP8X that tell what follows. */
const HAS_EXIF = 0x08;
const HAS_XMP = 0x04;

const KEPT = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF', 'ICCP']);

/** A WebP (RFC 9649) without XMP, and with no Exif data but how it is turned. @returns undefined when it breaks off */
export function stripWebp(bytes: Uint8Array): Uint8Array | undefined {
  const buffer = asBuffer(bytes);
  const end = CHUNK_HEADER_BYTES + buffer.readUInt32LE(4);
  if (end > bytes.length) return undefined;
  const kept: Uint8Array[] = [];
  let exif: Buffer | undefined;
  for (let at = HEADER_BYTES; at + CHUNK_HEADER_BYTES <= end;) {
    const size = buffer.readUInt32LE(at + 4);
    // Chunks begin at even places.
    const next = at + CHUNK_HEADER_BYTES + size + (size & 1);
    if (at + CHUNK_HEADER_BYTES + size > end) return undefined;
    const type = buffer.toString('latin1', at, at + 4);
    if (KEPT.has(type)) kept.push(bytes.subarray(at, Math.min(next, end)));
    if (type === 'EXIF') exif = exifOf(orientationOf(tiffIn(bytes.subarray(at + CHUNK_HEADER_BYTES, next))));
    at = next;
  }
  if (kept.length === 0) return undefined;
  kept[0] = flagged(kept[0]!, exif !== undefined);
  if (exif !== undefined) kept.push(chunk('EXIF', exif));
  const body = Buffer.concat([Buffer.from('WEBP'), ...kept]);
  const head = Buffer.from('RIFF\0\0\0\0');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body]);
}

/** Some writers keep the words that stand before Exif data in a JPEG. */
function tiffIn(exif: Uint8Array): Uint8Array {
  return hasAt(exif, 0, 'Exif\0\0') ? exif.subarray(6) : exif;
}

/** The first chunk, with flags that tell the truth when it is the one that has them. */
function flagged(first: Uint8Array, hasExif: boolean): Uint8Array {
  if (!hasAt(first, 0, 'VP8X')) return first;
  const copy = Buffer.from(first);
  const others = copy[CHUNK_HEADER_BYTES]! & ~(HAS_EXIF | HAS_XMP);
  copy[CHUNK_HEADER_BYTES] = others | (hasExif ? HAS_EXIF : 0);
  return copy;
}

function chunk(type: string, data: Buffer): Buffer {
  const head = Buffer.from(`${type}\0\0\0\0`);
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data]);
}
