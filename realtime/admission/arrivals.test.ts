import { expect, test } from 'vitest';
import { SECOND } from '#shared/time.ts';
import { Arrivals } from './arrivals.ts';

const RATES = { node: { burst: 4, perMinute: 60 }, address: { burst: 2, perMinute: 60 } };

test('addresses of one IPv6 network share what one address may', () => {
  const arrivals = new Arrivals(RATES, () => 0);
  const addresses = ['2001:db8::1', '2001:db8::2', '2001:db8::3', '2001:db8:0:1::1'];
  expect(addresses.map((address) => arrivals.take(address, 0))).toEqual([0, 0, 1000, 0]);
});

test('more than the burst of a node are sent away, each until another time', () => {
  const chances = [0, 0.5];
  const arrivals = new Arrivals(RATES, () => chances.shift() ?? 1);
  for (const address of ['a', 'b', 'c', 'd']) expect(arrivals.take(address, 0)).toBe(0);
  expect(arrivals.take('e', 0)).toBe(1 * SECOND);
  expect(arrivals.take('f', 0)).toBe(3.5 * SECOND);
});

test('one address that comes too often is sent away, and uses up nothing that the others have', () => {
  const arrivals = new Arrivals(RATES, () => 0);
  expect(['a', 'a', 'a', 'a', 'a'].map((address) => arrivals.take(address, 0))).toEqual([0, 0, 1000, 1000, 1000]);
  expect(['b', 'c'].map((address) => arrivals.take(address, 0))).toEqual([0, 0]);
});

test('who waits as told is let in', () => {
  const arrivals = new Arrivals(RATES, () => 0);
  for (const address of ['a', 'b', 'c', 'd']) arrivals.take(address, 0);
  const waitMs = arrivals.take('e', 0);
  expect(arrivals.take('e', waitMs)).toBe(0);
});

test('loopback, behind which anyone may be, is bound by the node alone', () => {
  const arrivals = new Arrivals(RATES, () => 0);
  expect(['127.0.0.1', '::1', '127.0.0.1', '::1', '::1'].map((address) => arrivals.take(address, 0))).toEqual([
    0, 0, 0, 0, 1000,
  ]);
});

test('it remembers so many addresses and no more', () => {
  const arrivals = new Arrivals({ ...RATES, node: { burst: 1_000_000, perMinute: 60 } }, () => 0);
  for (let again = 0; again < 3; again++) arrivals.take('first', 0);
  for (let index = 0; index < 20_000; index++) arrivals.take(`a${index}`, 0);
  expect(arrivals.take('first', 0)).toBe(0);
});
