import { expect, test } from 'vitest';
import { byteRange } from './byte-range.ts';

test('a range that begins after the end cannot be satisfied, and the length is told', () => {
  for (const header of ['bytes=10-', 'bytes=10-20', 'bytes=-0', 'bytes=999999999999999-']) {
    expect(() => byteRange(header, 10)).toThrow(
      expect.objectContaining({ code: 'RANGE_NOT_SATISFIABLE', headers: { 'Content-Range': 'bytes */10' } }),
    );
  }
});

test('what is no single range is answered with everything', () => {
  const headers = [undefined, '', 'bytes', 'bytes=', 'bytes=-', 'bytes=a-b', 'bytes=5-2', 'bytes=0-1,3-4', 'lines=0-1'];
  expect(headers.map((header) => byteRange(header, 10))).toEqual(headers.map(() => undefined));
});

test.each([
  ['bytes=0-0', 0, 0],
  ['bytes=2-5', 2, 5],
  ['bytes=2-', 2, 9],
  ['bytes=2-400', 2, 9],
  ['bytes=-3', 7, 9],
  ['bytes=-400', 0, 9],
])('%s of ten bytes', (header, start, end) => {
  expect(byteRange(header, 10)).toEqual({ start, end });
});
