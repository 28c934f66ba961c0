import { asBuffer } from '../content/bytes.ts';

const SIGNATURE_BYTES = 8;
/** Length, type and checksum around the data of a chunk. */
const FRAME_BYTES = 12;

/** Chunks that decoding and faithful colours need, animation included (PNG, third edition). Texts, times and Exif go. */
const KEPT = new Set(
  'IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP mDCV cLLI sBIT pHYs bKGD hIST acTL fcTL fdAT'.split(' '),
);

/** A PNG without texts, times and Exif data, and without what follows its end. @returns undefined when it has no end */
export function stripPng(bytes: Uint8Array): Uint8Array | undefined {
  const buffer = asBuffer(bytes);
  const kept: Uint8Array[] = [bytes.subarray(0, SIGNATURE_BYTES)];
  for (let at = SIGNATURE_BYTES; at + FRAME_BYTES <= bytes.length;) {
    const end = at + FRAME_BYTES + buffer.readUInt32BE(at);
    if (end > bytes.length) return undefined;
    const type = buffer.toString('latin1', at + 4, at + 8);
    if (KEPT.has(type)) kept.push(bytes.subarray(at, end));
    if (type === 'IEND') return Buffer.concat(kept);
    at = end;
  }
  return undefined;
}
