import { expect, test } from 'vitest';
import { BoundedCache } from './bounded-cache.ts';

test('the entry that was used longest ago goes first', () => {
  const cache = new BoundedCache<string, number>(2);
  cache.set('a', 1);
  cache.set('b', 2);
  cache.get('a');
  cache.set('c', 3);
  expect(cache.get('b')).toBeUndefined();
  expect(cache.get('a')).toBe(1);
  expect(cache.get('c')).toBe(3);
});

test('writing a key again replaces its value and takes no second place', () => {
  const cache = new BoundedCache<string, number>(2);
  cache.set('a', 1);
  cache.set('a', 2);
  cache.set('b', 3);
  expect(cache.size).toBe(2);
  expect(cache.get('a')).toBe(2);
});
