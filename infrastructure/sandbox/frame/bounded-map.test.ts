import { expect, test } from 'vitest';
import { BoundedMap } from './bounded-map.ts';

test('the oldest entries are forgotten and the latest half is always there', () => {
  const map = new BoundedMap<number, string>(10);
  for (let key = 0; key < 1000; key++) {
    map.set(key, `value ${key}`);
    expect(map.get(key)).toBe(`value ${key}`);
    expect(map.get(Math.max(0, key - 4))).toBeDefined();
    if (key >= 10) expect(map.get(key - 10)).toBeUndefined();
  }
});

test('a rewritten entry shows its latest value, also when its first one is in the old generation', () => {
  const map = new BoundedMap<string, number>(4);
  map.set('kept', 1);
  map.set('b', 0);
  map.set('c', 0);
  map.set('kept', 2);
  expect(map.get('kept')).toBe(2);
});
