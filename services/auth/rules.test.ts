import { expect, test } from 'vitest';
import { judgeRefresh, numberPrefix, type RefreshState } from './rules.ts';

const session: RefreshState = {
  isLive: true,
  liveHash: 'live',
  spentHash: 'spent',
  spentBy: 'phone',
  spentAgoMs: 10_000,
  deviceId: undefined,
};

test('a spent token from another device ends the family, however soon it comes', () => {
  expect(judgeRefresh({ ...session, spentAgoMs: 1 }, { hash: 'spent', device: 'thief' })).toBe('reuse');
});

test('a spent token ends the family after the grace, by its own device too', () => {
  expect(judgeRefresh({ ...session, spentAgoMs: 10_001 }, { hash: 'spent', device: 'phone' })).toBe('reuse');
});

test('a token spent before the last one ends the family within the grace', () => {
  expect(judgeRefresh({ ...session, spentAgoMs: 1 }, { hash: 'older', device: 'phone' })).toBe('reuse');
});

test('a token of a session in which none was spent, and which is not the live one, ends the family', () => {
  const fresh = { ...session, spentHash: undefined, spentBy: undefined, spentAgoMs: undefined };
  expect(judgeRefresh(fresh, { hash: 'older', device: 'phone' })).toBe('reuse');
});

test('nothing is granted to a session that has ended', () => {
  expect(judgeRefresh({ ...session, isLive: false }, { hash: 'live', device: 'phone' })).toBe('refuse');
});

test('the last spent token within the grace, by the device that spent it, is answered again', () => {
  expect(judgeRefresh(session, { hash: 'spent', device: 'phone' })).toBe('repeat');
});

test('the live token is rotated, whichever device brings it', () => {
  expect(judgeRefresh(session, { hash: 'live', device: 'tablet' })).toBe('rotate');
});

test('numbers that differ in their last four digits only share a prefix', () => {
  expect(numberPrefix('+66812345678')).toBe('+6681234');
});
