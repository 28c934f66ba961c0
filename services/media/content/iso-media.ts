import type { MediaType } from '#shared/contracts/media.ts';
import { asBuffer, hasAt } from './bytes.ts';

/** One box of the ISO base media file format (ISO/IEC 14496-12): MP4, M4A, QuickTime. */
export type Box = {
  readonly type: string;
  /** Where its type is written. */
  readonly typeAt: number;
  /** Where what it holds begins and ends. */
  readonly start: number;
  readonly end: number;
};

/** Boxes that are read of one file; real ones have some tens. */
const BOXES_MAX = 10_000;
const HEADER_BYTES = 8;
const LONG_HEADER_BYTES = 16;

/** The boxes between two places, up to the first that makes no sense. */
export function* boxesIn(bytes: Uint8Array, start = 0, end: number = bytes.length): Generator<Box> {
  const buffer = asBuffer(bytes);
  let at = start;
  for (let count = 0; count < BOXES_MAX && at + HEADER_BYTES <= end; count++) {
    let size = buffer.readUInt32BE(at);
    let header = HEADER_BYTES;
    if (size === 1 && at + LONG_HEADER_BYTES <= end) {
      size = Number(buffer.readBigUInt64BE(at + HEADER_BYTES));
      header = LONG_HEADER_BYTES;
    } else if (size === 0) size = end - at;
    if (size < header || at + size > end) return;
    yield { type: buffer.toString('latin1', at + 4, at + 8), typeAt: at + 4, start: at + header, end: at + size };
    at += size;
  }
}

/** Boxes of one type, wherever they are inside these boxes. */
export function* boxesAt(bytes: Uint8Array, [type, ...inner]: readonly string[], within?: Box): Generator<Box> {
  for (const box of boxesIn(bytes, within?.start, within?.end)) {
    if (box.type !== type) continue;
    if (inner.length === 0) yield box;
    else yield* boxesAt(bytes, inner, box);
  }
}

/** Brands of pictures in the same format (HEIC, AVIF), which few clients can show. */
const PICTURES = /^(heic|heix|heim|heis|hevc|hevx|mif1|msf1|avif|avis|miaf|crx )/;

/**
 * What a file that begins with an `ftyp` box is; undefined when it is none that is taken. Whether it is a film or a sound
 * is told by its tracks: phones record voice messages under the brands of films.
 */
export function isoMediaType(bytes: Uint8Array): MediaType | undefined {
  if (!hasAt(bytes, 4, 'ftyp')) return undefined;
  const brand = asBuffer(bytes).toString('latin1', 8, 12);
  if (PICTURES.test(brand)) return undefined;
  const handlers = new Set<string>();
  for (const handler of boxesAt(bytes, ['moov', 'trak', 'mdia', 'hdlr'])) {
    // Version and flags, then a word of QuickTime's, then the kind of track.
    handlers.add(asBuffer(bytes).toString('latin1', handler.start + 8, handler.start + 12));
  }
  if (handlers.has('vide')) return brand === 'qt  ' ? 'video/quicktime' : 'video/mp4';
  return handlers.has('soun') ? 'audio/mp4' : undefined;
}
