import { asBuffer, hasAt } from '../content/bytes.ts';

const ORIENTATION_TAG = 0x0112;
const ENTRY_BYTES = 12;
/** Entries that are read of one directory; cameras write some fifteen. */
const ENTRIES_MAX = 200;
const UPRIGHT = 1;
const SHORT = 3;

/**
 * How a picture is turned, 1 to 8, by its Exif data (TIFF 6.0, tag 274); 1 where it does not say.
 *
 * @param tiff Exif data without the `Exif\0\0` that stands before it in a JPEG
 */
export function orientationOf(tiff: Uint8Array): number {
  const little = hasAt(tiff, 0, 'II*\0');
  if ((!little && !hasAt(tiff, 0, 'MM\0*')) || tiff.length < 8) return UPRIGHT;
  const buffer = asBuffer(tiff);
  const short = (at: number) => (little ? buffer.readUInt16LE(at) : buffer.readUInt16BE(at));
  const directory = little ? buffer.readUInt32LE(4) : buffer.readUInt32BE(4);
  if (directory + 2 > tiff.length) return UPRIGHT;
  const count = Math.min(short(directory), ENTRIES_MAX);
  for (let entry = 0; entry < count; entry++) {
    const at = directory + 2 + entry * ENTRY_BYTES;
    if (at + ENTRY_BYTES > tiff.length) break;
    if (short(at) !== ORIENTATION_TAG) continue;
    const value = short(at + 8);
    return value >= 1 && value <= 8 ? value : UPRIGHT;
  }
  return UPRIGHT;
}

/** Exif data that tells how a picture is turned and nothing else; undefined for one that is upright. */
export function exifOf(orientation: number): Buffer | undefined {
  if (orientation === UPRIGHT) return undefined;
  const tiff = Buffer.alloc(26);
  tiff.write('MM\0*', 'latin1');
  tiff.writeUInt32BE(8, 4);
  tiff.writeUInt16BE(1, 8);
  tiff.writeUInt16BE(ORIENTATION_TAG, 10);
  tiff.writeUInt16BE(SHORT, 12);
  tiff.writeUInt32BE(1, 14);
  tiff.writeUInt16BE(orientation, 18);
  return tiff;
}
