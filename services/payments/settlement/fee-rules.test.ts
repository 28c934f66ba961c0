import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CURRENCIES, DECIMALS } from '#shared/money.ts';
import { COUNTRIES } from '#shared/regions.ts';
import { merchantFees } from './fee-rules.ts';

const SHOP = { country: 'TH', currency: 'THB', category: undefined, day: '2026-11-24' } as const;

test('a merchant in Thailand pays commission and processing, and VAT on both', () => {
  expect(merchantFees(SHOP, 30_000n)).toEqual({ commission: 600n, processing: 300n, tax: 63n });
});

test('a category with a rule of its own pays by it, however it is written', () => {
  expect(merchantFees({ ...SHOP, category: 'Groceries' }, 30_000n)).toMatchObject({ commission: 300n });
  expect(merchantFees({ ...SHOP, category: 'lamps' }, 30_000n)).toMatchObject({ commission: 600n });
});

test('the rule of a day is the latest that was in force then', () => {
  const rules = [
    { commission: 100, processing: 0, from: '2025-01-01', source: 'test' },
    { commission: 300, processing: 0, from: '2026-01-01', source: 'test' },
  ];
  expect(merchantFees({ ...SHOP, day: '2024-12-31' }, 10_000n, rules)).toEqual({
    commission: 0n,
    processing: 0n,
    tax: 0n,
  });
  expect(merchantFees({ ...SHOP, day: '2025-12-31' }, 10_000n, rules)).toMatchObject({ commission: 100n });
  expect(merchantFees({ ...SHOP, day: '2026-01-01' }, 10_000n, rules)).toMatchObject({ commission: 300n });
});

test('fees are whole sums that people can write, and leave the merchant something of whatever was paid', () => {
  const sale = fc.record({
    country: fc.constantFrom(...COUNTRIES),
    currency: fc.constantFrom(...CURRENCIES),
    category: fc.constantFrom(undefined, 'groceries', 'electronics', 'lamps'),
    day: fc.constantFrom('2025-06-30', '2026-11-24', '2030-01-01'),
  });
  fc.assert(
    fc.property(sale, fc.bigInt({ min: 1n, max: 10n ** 15n }), (sold, minor) => {
      const { commission, processing, tax } = merchantFees(sold, minor);
      const { minor: scale, wire } = DECIMALS[sold.currency];
      const smallest = 10n ** BigInt(scale - wire);
      for (const part of [commission, processing, tax]) {
        expect(part % smallest).toBe(0n);
        expect(part >= 0n).toBe(true);
      }
      expect(commission + processing + tax < minor).toBe(true);
    }),
  );
});
