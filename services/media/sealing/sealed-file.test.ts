import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { MediaId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { KEY_BYTES, open, seal, sealedRange, type SealedPlace } from './sealed-file.ts';

const key = randomBytes(KEY_BYTES);
const mediaId = newId<MediaId>('TH');
const placeOf = (size: number): SealedPlace => ({ mediaId, part: 'file', size });
const PIECE = 64 * 1024;

/** A stream that comes in portions of this size. */
async function* inPortions(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function whole(sealed: Uint8Array, place: SealedPlace, with_ = key): Promise<Buffer> {
  return buffer(open(with_, place, { start: 0, end: place.size - 1 }, inPortions(sealed, 1_000)));
}

test('nothing opens that was changed, moved, shortened, or sealed by another key', async () => {
  const file = randomBytes(3 * PIECE + 5);
  const place = placeOf(file.length);
  const sealed = seal(key, place, file);
  const changed = Buffer.from(sealed);
  changed[PIECE + 100]! ^= 1;
  await expect(whole(changed, place)).rejects.toThrow();
  await expect(whole(sealed, place, randomBytes(KEY_BYTES))).rejects.toThrow();
  await expect(whole(sealed, { ...place, mediaId: newId('TH') })).rejects.toThrow();
  await expect(whole(sealed, { ...place, part: 'thumb' })).rejects.toThrow();
  await expect(whole(sealed, { ...place, size: place.size - 1 })).rejects.toThrow();
  const sealedPiece = PIECE + 16;
  const swapped = Buffer.concat([
    sealed.subarray(sealedPiece, 2 * sealedPiece),
    sealed.subarray(0, sealedPiece),
    sealed.subarray(2 * sealedPiece),
  ]);
  await expect(whole(swapped, place)).rejects.toThrow();
  for (const cut of [1, 10, 21, sealedPiece + 21, sealed.length]) {
    await expect(whole(sealed.subarray(0, sealed.length - cut), place), String(cut)).rejects.toThrow();
  }
});

test('any part of a file of any size is read from the bytes that hold it, however they come', async () => {
  const size = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: PIECE - 2, max: 2 * PIECE + 2 }));
  const cases = fc.record({
    size,
    from: fc.double({ min: 0, max: 1, noNaN: true }),
    to: fc.double({ min: 0, max: 1, noNaN: true }),
    portion: fc.integer({ min: 1_000, max: 200_000 }),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ size, from, to, portion }) => {
      const file = randomBytes(size);
      const sealed = seal(key, placeOf(size), file);
      const places = [from, to].map((share) => Math.min(size - 1, Math.floor(share * size))).toSorted((a, b) => a - b);
      const range = { start: places[0]!, end: places[1]! };
      const needed = sealedRange(range, size);
      const stored = inPortions(sealed.subarray(needed.start, needed.end + 1), portion);
      const read = await buffer(open(key, placeOf(size), range, stored));
      expect(Buffer.compare(read, file.subarray(range.start, range.end + 1))).toBe(0);
    }),
    { numRuns: 60 },
  );
});
