import { expect, test } from 'vitest';
import { CURRENCIES } from '#shared/money.ts';
import { assertMayHold, heldMaxOf } from './held-max.ts';

const DAY = '2026-11-24';

test('no cap is on what no law caps', () => {
  for (const country of ['TH', 'MY', 'PH', 'VN'] as const) {
    for (const currency of CURRENCIES) expect(heldMaxOf({ country, kycTier: 0, currency }, DAY)).toBeUndefined();
  }
  expect(heldMaxOf({ country: 'SG', kycTier: 3, currency: 'USD' }, DAY)).toBeUndefined();
});

test.each([
  ['SG', 0, 'SGD', DAY, 2_000_000n],
  ['SG', 3, 'SGD', DAY, 2_000_000n],
  ['SG', 3, 'SGD', '2023-12-14', undefined],
  ['ID', 0, 'IDR', DAY, 200_000_000n],
  ['ID', 1, 'IDR', DAY, 2_000_000_000n],
  ['ID', 3, 'IDR', DAY, 2_000_000_000n],
  ['ID', 1, 'IDR', '2022-06-30', 200_000_000n],
] as const)(
  'at home in %s on tier %i a wallet in %s holds on %s at most %s',
  (country, kycTier, currency, day, max) => {
    expect(heldMaxOf({ country, kycTier, currency }, day)).toBe(max);
  },
);

test('what is held for orders counts, to the last cent', () => {
  const held = { available: 1_000_000n, held: 999_900n };
  expect(() => assertMayHold(held, { minor: 100n, currency: 'SGD' }, 2_000_000n)).not.toThrow();
  expect(() => assertMayHold(held, { minor: 101n, currency: 'SGD' }, 2_000_000n)).toThrow(
    expect.objectContaining({ code: 'LIMIT_EXCEEDED', details: expect.stringContaining('20000.00 SGD') }),
  );
  expect(() => assertMayHold(held, { minor: 101n, currency: 'SGD' }, undefined)).not.toThrow();
});
