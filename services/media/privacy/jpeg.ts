import { asBuffer, hasAt } from '../content/bytes.ts';
import { exifOf, orientationOf } from './orientation.ts';

const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;
const EXIF = 'Exif\0\0';

/** Segments without a length: restart marks, TEM, and the start of the image. */
function isBare(marker: number): boolean {
  return (marker >= 0xd0 && marker <= 0xd8) || marker === 0x01;
}

/** Application data that decoding needs: JFIF's resolution, the colour profile, Adobe's colour transform. */
function isNeeded(bytes: Uint8Array, marker: number, start: number): boolean {
  const isApplications = marker >= 0xe0 && marker <= 0xef;
  if (marker === 0xfe) return false;
  if (!isApplications) return true;
  return (
    (marker === 0xe0 && hasAt(bytes, start, 'JFIF\0')) ||
    (marker === 0xe2 && hasAt(bytes, start, 'ICC_PROFILE\0')) ||
    (marker === 0xee && hasAt(bytes, start, 'Adobe'))
  );
}

/**
 * A JPEG (ITU T.81) without what it tells of its place, its camera and its maker: Exif, XMP, IPTC, comments, and whatever
 * phones append behind the picture. The picture is not coded anew. How it is turned stays said.
 *
 * @returns undefined when it cannot be read to its end
 */
export function stripJpeg(bytes: Uint8Array): Uint8Array | undefined {
  const buffer = asBuffer(bytes);
  const kept: Uint8Array[] = [];
  let orientation = 1;
  let firstKept = 0;
  let at = 2;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1]!;
    // Any number of fill bytes may stand before a marker.
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (isBare(marker)) {
      at += 2;
      continue;
    }
    if (marker === END_OF_IMAGE) return undefined;
    const start = at + 4;
    const end = at + 2 + buffer.readUInt16BE(at + 2);
    if (end < start || end > bytes.length) return undefined;
    if (marker === 0xe1 && hasAt(bytes, start, EXIF))
      orientation = orientationOf(bytes.subarray(start + EXIF.length, end));
    if (isNeeded(bytes, marker, start)) {
      kept.push(bytes.subarray(at, end));
      if (marker === 0xe0) firstKept = kept.length;
    }
    at = end;
    if (marker !== START_OF_SCAN) continue;
    const scanEnd = endOfScan(bytes, at);
    if (scanEnd === undefined) return undefined;
    kept.push(bytes.subarray(at, scanEnd));
    at = scanEnd;
    if (bytes[at + 1] === END_OF_IMAGE) return joined(kept, firstKept, orientation);
  }
  return undefined;
}

/** Where the next marker begins that is neither a restart nor a stuffed zero. */
function endOfScan(bytes: Uint8Array, from: number): number | undefined {
  for (let at = bytes.indexOf(0xff, from); at !== -1 && at + 1 < bytes.length; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1]!;
    if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  return undefined;
}

function joined(kept: readonly Uint8Array[], exifAt: number, orientation: number): Buffer {
  const tiff = exifOf(orientation);
  const head = Buffer.from([0xff, 0xe1, 0, 2 + EXIF.length + (tiff?.length ?? 0)]);
  const exif = tiff === undefined ? [] : [head, Buffer.from(EXIF, 'latin1'), tiff];
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    ...kept.slice(0, exifAt),
    ...exif,
    ...kept.slice(exifAt),
    Buffer.from([0xff, END_OF_IMAGE]),
  ]);
}
