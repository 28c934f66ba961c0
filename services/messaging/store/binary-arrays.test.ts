import { expect, test } from 'vitest';
import { byteaArray, int2Array, textArray, uuidArray } from './binary-arrays.ts';

const ID = '0198c0de-1234-7abc-8def-0123456789AB';

/** One dimension, nulls or none, the element's oid, the length, and the lower bound 1. */
function head(hasNulls: boolean, oid: number, length: number): string {
  return [1, Number(hasNulls), oid, length, 1].map(word).join('');
}

const word = (number: number): string => number.toString(16).padStart(8, '0');

test('what is no uuid is refused: too short, too long, or with other letters', () => {
  for (const wrong of ['', ID.slice(1), `${ID}0`, ID.replace('c', 'g'), ID.replace('c', 'é'), ID.replace('c', '한')])
    expect(() => uuidArray([wrong])).toThrow(TypeError);
});

test('uuids are their bytes, with or without dashes, in either case', () => {
  const bytes = ID.replaceAll('-', '').toLowerCase();
  const array = uuidArray([ID, bytes]);
  expect(array.toString('hex')).toBe(`${head(false, 2950, 2)}${word(16)}${bytes}${word(16)}${bytes}`);
});

test('a null is a length and nothing more', () => {
  expect(uuidArray([null]).toString('hex')).toBe(`${head(true, 2950, 1)}ffffffff`);
});

test('texts are UTF-8, numbers two bytes, bodies as they are', () => {
  const thai = Buffer.from('สวัสดี');
  expect(textArray(['สวัสดี']).toString('hex')).toBe(`${head(false, 25, 1)}${word(thai.length)}${thai.toString('hex')}`);
  expect(int2Array([1, 32_767]).toString('hex')).toBe(`${head(false, 21, 2)}${word(2)}0001${word(2)}7fff`);
  expect(byteaArray([Uint8Array.of(0, 255)]).toString('hex')).toBe(`${head(false, 17, 1)}${word(2)}00ff`);
});

test('an empty array has no elements', () => {
  expect(textArray([]).toString('hex')).toBe(head(false, 25, 0));
});
