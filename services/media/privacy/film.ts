import { type Box, boxesAt } from '../content/iso-media.ts';

/** Where cameras write place, model and time of making: user data and metadata, of the whole and of each track. */
const TELLING = [
  ['moov', 'udta'],
  ['moov', 'meta'],
  ['moov', 'trak', 'udta'],
  ['moov', 'trak', 'meta'],
  ['meta'],
] as const;

/** An MP4 or QuickTime film or sound without those: they become free space, so that nothing else moves. */
export function stripFilm(bytes: Uint8Array): Uint8Array {
  const telling: Box[] = TELLING.flatMap((path) => [...boxesAt(bytes, path)]);
  if (telling.length === 0) return bytes;
  const copy = Buffer.from(bytes);
  for (const { typeAt, start, end } of telling) {
    copy.write('free', typeAt, 'latin1');
    copy.fill(0, start, end);
  }
  return copy;
}
