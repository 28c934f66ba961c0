import { hasAt } from '../content/bytes.ts';

const EXTENSION = 0x21;
const IMAGE = 0x2c;
const TRAILER = 0x3b;
const GRAPHIC_CONTROL = 0xf9;
const APPLICATION = 0xff;
/** Signature, version and the screen's description. */
const HEADER_BYTES = 13;
const IMAGE_HEADER_BYTES = 10;

/** Bytes of the colour table that these flags announce. */
function tableBytes(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 << ((flags & 7) + 1);
}

/** Extensions that showing needs: timing, looping, the colour profile. Comments and XMP go. */
function isNeeded(bytes: Uint8Array, at: number): boolean {
  const label = bytes[at + 1];
  if (label === GRAPHIC_CONTROL) return true;
  return (
    label === APPLICATION &&
    ['NETSCAPE2.0', 'ANIMEXTS1.0', 'ICCRGBG1012'].some((application) => hasAt(bytes, at + 3, application))
  );
}

/** A GIF without comments and other applications' data. @returns undefined when it has no end */
export function stripGif(bytes: Uint8Array): Uint8Array | undefined {
  let at = HEADER_BYTES + tableBytes(bytes[10] ?? 0);
  const kept: Uint8Array[] = [bytes.subarray(0, at)];
  while (at < bytes.length) {
    const kind = bytes[at];
    if (kind === TRAILER) return Buffer.concat([...kept, bytes.subarray(at, at + 1)]);
    if (kind !== EXTENSION && kind !== IMAGE) return undefined;
    // An image has a byte of code size before its blocks, an extension a label.
    const blocks = kind === EXTENSION ? at + 2 : at + IMAGE_HEADER_BYTES + tableBytes(bytes[at + 9] ?? 0) + 1;
    const end = endOfBlocks(bytes, blocks);
    if (end === undefined) return undefined;
    if (kind === IMAGE || isNeeded(bytes, at)) kept.push(bytes.subarray(at, end));
    at = end;
  }
  return undefined;
}

/** Behind the empty block that ends a row of blocks. */
function endOfBlocks(bytes: Uint8Array, from: number): number | undefined {
  for (let at = from; at < bytes.length; at += 1 + bytes[at]!) {
    if (bytes[at] === 0) return at + 1;
  }
  return undefined;
}
