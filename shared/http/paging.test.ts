import { expect, test } from 'vitest';
import { decodeCursor, encodeCursor, pageOf, ShortListQuery } from './paging.ts';

const five = [1, 2, 3, 4, 5];

test.each(['', 'x', '!!', btoa('{}'), btoa('null'), btoa('[-1]'), btoa('[1.5]'), btoa('["1"]'), btoa('[1,2]')])(
  'a cursor that nobody of ours wrote is refused: %s',
  (cursor) => {
    expect(() => pageOf(five, { cursor, limit: 2 })).toThrow(expect.objectContaining({ code: 'VALIDATION_ERROR' }));
  },
);

test('a short list comes whole when nobody asks otherwise', () => {
  expect(pageOf(five, ShortListQuery.parse({}))).toEqual({ page: five, next_cursor: null });
});

test.each([1, 2, 3, 4, 5, 6])('pages of %i hold every entry once, in order', (limit) => {
  const seen: number[] = [];
  let cursor: string | undefined;
  do {
    const { page, next_cursor } = pageOf(five, { cursor, limit });
    expect(page.length).toBeLessThanOrEqual(limit);
    seen.push(...page);
    cursor = next_cursor ?? undefined;
  } while (cursor !== undefined);
  expect(seen).toEqual(five);
});

test('a cursor reads back as what was written, and is fit for an address', () => {
  const parts = ['?>~', 17, ''];
  expect(encodeCursor(parts)).toMatch(/^[\w-]+$/);
  expect(decodeCursor(encodeCursor(parts))).toEqual(parts);
});
