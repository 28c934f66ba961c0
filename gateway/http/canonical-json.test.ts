import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from './canonical-json.ts';

test('different values have different texts', () => {
  const values = [
    1,
    1n,
    '1',
    true,
    null,
    [],
    {},
    [1],
    ['1'],
    { a: 1 },
    { b: 1 },
    { a: [1] },
    { a: { b: 1 } },
    [[1], 2],
    [1, [2]],
  ];
  expect(new Set(values.map(canonicalJson)).size).toBe(values.length);
});

test('the order of keys and absent fields make no difference', () => {
  expect(canonicalJson({ b: 1, a: { d: 2n, c: undefined } })).toBe(canonicalJson({ a: { d: 2n }, b: 1 }));
});

test('for JSON the text reads back as the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});
