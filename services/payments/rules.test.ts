import { expect, test } from 'vitest';
import { CURRENCIES } from '#shared/money.ts';
import { limitsOf, needsStepUp } from './rules.ts';

const DAY = '2026-11-24';

test('someone never paid before needs the PIN, whatever the sum', () => {
  expect(needsStepUp({ minor: 1n, currency: 'THB' }, false)).toBe(true);
});

test('a sum above the bound of its currency needs the PIN, the bound itself does not', () => {
  const bounds = {
    THB: 500_000n,
    SGD: 20_000n,
    IDR: 200_000_000n,
    MYR: 70_000n,
    PHP: 800_000n,
    VND: 3_500_000n,
    USD: 15_000n,
  };
  for (const currency of CURRENCIES) {
    expect(needsStepUp({ minor: bounds[currency], currency }, true)).toBe(false);
    expect(needsStepUp({ minor: bounds[currency] + 1n, currency }, true)).toBe(true);
  }
});

test('nothing leaves a wallet on a day before any rule', () => {
  expect(limitsOf({ country: 'TH', kycTier: 3, currency: 'THB' }, '1999-01-01')).toEqual({ dayMax: 0n, monthMax: 0n });
});

test('every currency has limits on every tier, and a higher tier never has lower ones', () => {
  for (const currency of CURRENCIES) {
    const tiers = [0, 1, 2, 3].map((kycTier) => limitsOf({ country: 'TH', kycTier, currency }, DAY));
    for (const [place, limits] of tiers.entries()) {
      expect(limits.dayMax).toBeGreaterThan(0n);
      expect(limits.monthMax).toBeGreaterThanOrEqual(limits.dayMax);
      expect(limits.dayMax).toBeGreaterThanOrEqual(tiers[place - 1]?.dayMax ?? 0n);
      expect(limits.monthMax).toBeGreaterThanOrEqual(tiers[place - 1]?.monthMax ?? 0n);
    }
  }
});

test('the rule of the home country, the highest reached tier and the latest date applies', () => {
  const rule = { currency: 'SGD', source: 'test' } as const;
  const rules = [
    { ...rule, tier: 0, daily: '1', monthly: '10', from: '2026-01-01' },
    { ...rule, tier: 1, daily: '2', monthly: '20', from: '2026-01-01' },
    { ...rule, tier: 1, daily: '3', monthly: '30', from: '2026-06-01' },
    { ...rule, tier: 1, daily: '4', monthly: '40', from: '2027-01-01' },
    { ...rule, tier: 0, country: 'SG', daily: '5', monthly: '50', from: '2026-01-01' },
  ] as const;
  const dayMax = (country: 'TH' | 'SG', kycTier: number, day: string) =>
    limitsOf({ country, kycTier, currency: 'SGD' }, day, rules).dayMax;
  expect(dayMax('TH', 0, DAY)).toBe(100n);
  expect(dayMax('TH', 1, '2026-05-31')).toBe(200n);
  expect(dayMax('TH', 2, DAY)).toBe(300n);
  expect(dayMax('TH', 2, '2027-01-01')).toBe(400n);
  expect(dayMax('SG', 2, DAY)).toBe(500n);
});

test('Indonesian limits are the law in sen', () => {
  const limits = limitsOf({ country: 'ID', kycTier: 1, currency: 'IDR' }, DAY);
  expect(limits).toEqual({ dayMax: 2_000_000_000n, monthMax: 4_000_000_000n });
});
