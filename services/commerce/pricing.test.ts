import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CURRENCIES, DECIMALS } from '#shared/money.ts';
import { amountsOf, readAdjustment, readPrice, written } from './pricing.ts';
import { taxRate } from './tax.ts';

test('a price of nothing, or with more decimals than people pay in, is refused', () => {
  expect(() => readPrice('price', '0.00', 'THB')).toThrow();
  expect(() => readPrice('price', '1.5', 'VND')).toThrow();
  expect(() => readAdjustment('price', '-0.001', 'THB')).toThrow();
});

test('an order beyond the largest amount is refused', () => {
  expect(() => amountsOf([{ unitPrice: 10n ** 15n, quantity: 2 }], 0n, 0, 'THB')).toThrow();
});

test('tax is what of the price is tax, and never changes the total', () => {
  expect(amountsOf([{ unitPrice: 10_700n, quantity: 1 }], 0n, 700, 'THB')).toEqual({
    subtotal: 10_700n,
    shipping: 0n,
    total: 10_700n,
    tax: 700n,
  });
  // Rupiah are taxed in whole rupiah, though sen are stored.
  expect(amountsOf([{ unitPrice: 1_000_000n, quantity: 1 }], 0n, 1100, 'IDR').tax).toBe(99_100n);
});

test('whatever is bought, the total is lines plus shipping, and the tax is within half a unit a line of its share', () => {
  const line = fc.record({ unitPrice: fc.bigInt(1n, 10n ** 9n), quantity: fc.integer({ min: 1, max: 999 }) });
  fc.assert(
    fc.property(
      fc.array(line, { minLength: 1, maxLength: 20 }),
      fc.bigInt(0n, 10n ** 6n),
      fc.integer({ min: 0, max: 2500 }),
      fc.constantFrom(...CURRENCIES),
      (lines, shipping, rate, currency) => {
        const { subtotal, total, tax } = amountsOf(lines, shipping, rate, currency);
        expect(subtotal).toBe(lines.reduce((sum, { unitPrice, quantity }) => sum + unitPrice * BigInt(quantity), 0n));
        expect(total).toBe(subtotal + shipping);
        const unit = 10 ** (DECIMALS[currency].minor - DECIMALS[currency].wire);
        const share = (Number(total) * rate) / (10_000 + rate);
        expect(Math.abs(Number(tax) - share)).toBeLessThanOrEqual((unit * (lines.length + 1)) / 2 + 1);
        expect(tax % BigInt(unit)).toBe(0n);
      },
    ),
  );
});

test('an adjustment may be negative, and is written as it was read', () => {
  expect(readAdjustment('x', '-5.50', 'THB')).toBe(-550n);
  expect(written(-550n, 'THB')).toBe('-5.50');
});

test('tax follows the date at the seller, and neither the unregistered nor exports are taxed', () => {
  const sale = { seller: 'VN', registered: true, destination: 'VN', date: '2026-12-31' } as const;
  expect(taxRate(sale)).toBe(800);
  expect(taxRate({ ...sale, date: '2027-01-01' })).toBe(1000);
  expect(taxRate({ ...sale, registered: false })).toBe(0);
  expect(taxRate({ ...sale, destination: 'TH' })).toBe(0);
});
