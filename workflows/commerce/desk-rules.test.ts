import { describe, expect, test } from 'vitest';
import type { OrderUpdateName } from '#shared/workflows/order.ts';
import { isEarly, isRepeat, type Phase, refusal } from './desk-rules.ts';

const BY = { actor: 'merchant', actorId: 'm' } as const;
const OTHER = { actor: 'customer', actorId: 'c' } as const;

const OPEN: Readonly<Record<Phase, readonly OrderUpdateName[]>> = {
  paying: ['confirm', 'cancel'],
  confirming: ['confirm', 'cancel'],
  capturing: ['cancel'],
  preparing: ['cancel', 'ship'],
  shipped: ['deliver'],
  delivered: ['openReturn'],
  returning: ['acceptReturn'],
  closing: [],
};
const NAMES: readonly OrderUpdateName[] = ['confirm', 'ship', 'deliver', 'cancel', 'openReturn', 'acceptReturn'];

describe.each(Object.entries(OPEN) as [Phase, OrderUpdateName[]][])('while %s', (phase, open) => {
  test.each(NAMES.filter((name) => !open.includes(name)))('%s is refused in words', (name) => {
    expect(refusal(name, phase, {})).toMatch(/^[A-Z].{5,}/);
  });

  test.each(NAMES.filter((name) => open.includes(name)))('%s is open', (name) => {
    expect(refusal(name, phase, {})).toBeUndefined();
  });

  test.each(open)('%s is refused once someone has cancelled', (name) => {
    expect(refusal(name, phase, { cancel: BY })).toBe('The order is being cancelled');
  });

  test.each(open)('%s is taken from one person only', (name) => {
    expect(refusal(name, phase, { [name]: BY })).toBeDefined();
  });
});

test('a step whose phase is still to come is early, unless the order is being cancelled', () => {
  expect(isEarly('ship', 'capturing', {})).toBe(true);
  expect(isEarly('ship', 'capturing', { cancel: BY })).toBe(false);
  expect(isEarly('ship', 'preparing', {})).toBe(false);
  expect(isEarly('ship', 'shipped', {})).toBe(false);
  expect(isEarly('acceptReturn', 'delivered', {})).toBe(true);
  expect(isEarly('acceptReturn', 'closing', {})).toBe(false);
});

test('a parcel that is being handed over can no longer be called off', () => {
  expect(refusal('cancel', 'preparing', { ship: BY })).toBe('The order is being shipped');
});

test('a double click is the same person saying the same', () => {
  expect(isRepeat('confirm', BY, {})).toBe(false);
  expect(isRepeat('confirm', BY, { confirm: OTHER })).toBe(false);
  expect(isRepeat('confirm', BY, { confirm: BY })).toBe(true);
  const ship = { ...BY, trackingNumber: 'A' };
  expect(isRepeat('ship', ship, { ship: { ...ship } })).toBe(true);
  expect(isRepeat('ship', ship, { ship: { ...ship, trackingNumber: 'B' } })).toBe(false);
});
