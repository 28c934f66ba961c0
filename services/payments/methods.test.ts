import { expect, test } from 'vitest';
import { COUNTRIES } from '#shared/regions.ts';
import { fits, methodsIn } from './methods.ts';

const [promptPay] = methodsIn('TH');

test('a sum below the least or above the most that a method takes does not fit; the bounds do', () => {
  expect(fits(promptPay!, { minor: 1_999n, currency: 'THB' })).toBe('too_small');
  expect(fits(promptPay!, { minor: 2_000n, currency: 'THB' })).toBe('fits');
  expect(fits(promptPay!, { minor: 15_000_000n, currency: 'THB' })).toBe('fits');
  expect(fits(promptPay!, { minor: 15_000_001n, currency: 'THB' })).toBe('too_large');
});

test('a country lists its own methods only, each type once', () => {
  for (const country of COUNTRIES) {
    const methods = methodsIn(country);
    expect(methods.every((method) => method.country === country)).toBe(true);
    expect(new Set(methods.map((method) => method.type)).size).toBe(methods.length);
  }
});
