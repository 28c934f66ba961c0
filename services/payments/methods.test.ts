import { expect, test } from 'vitest';
import { COUNTRIES } from '#shared/regions.ts';
import { costOf, fits, type Method, methodBody, methodOf, methodsIn } from './methods.ts';

const promptPay = methodOf('promptpay', 'THB')!;

test('a sum below the least or above the most that a method takes does not fit; the bounds do', () => {
  expect(fits(promptPay, { minor: 1_999n, currency: 'THB' })).toBe('too_small');
  expect(fits(promptPay, { minor: 2_000n, currency: 'THB' })).toBe('fits');
  expect(fits(promptPay, { minor: 15_000_000n, currency: 'THB' })).toBe('fits');
  expect(fits(promptPay, { minor: 15_000_001n, currency: 'THB' })).toBe('too_large');
});

test('a type is no method in a currency that it does not take', () => {
  expect(methodOf('promptpay', 'SGD')).toBeUndefined();
  expect(methodOf('barter', 'THB')).toBeUndefined();
});

test('a country lists its own methods, each type once in a currency, in bounds that its currency can write', () => {
  const named = ({ type, currency }: Method) => `${type} ${currency}`;
  for (const country of COUNTRIES) {
    const methods = methodsIn(country);
    expect(methods.every(({ countries }) => countries.includes(country))).toBe(true);
    expect(new Set(methods.map(named)).size).toBe(methods.length);
    expect(methods.map(named)).toContain('card USD');
    for (const method of methods) {
      expect(methodOf(method.type, method.currency)).toBe(method);
      expect(methodBody(method)).toMatchObject({ supported_currencies: [method.currency], fee_percentage: '0' });
      for (const route of method.routes)
        expect(costOf(route, { minor: 0n, currency: method.currency })).toBeGreaterThanOrEqual(0n);
    }
  }
  expect(methodsIn('VN').map(named)).toEqual(['vietqr VND', 'momo VND', 'card USD']);
});

test('what a gateway keeps is its share and its fixed part', () => {
  const route = { gateway: 'stripe', costBps: 340, costFixed: '0.50' };
  expect(costOf(route, { minor: 10_000n, currency: 'SGD' })).toBe(390n * 10_000n);
  expect(costOf({ ...route, costFixed: '4000' }, { minor: 0n, currency: 'IDR' })).toBe(400_000n * 10_000n);
});
