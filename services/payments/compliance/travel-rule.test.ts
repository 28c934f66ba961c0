import { expect, test } from 'vitest';
import { travelRule } from './travel-rule.ts';

const [TH, SG, PH] = [{ country: 'TH' }, { country: 'SG' }, { country: 'PH' }] as const;
const TODAY = '2026-11-24';
const thb = (minor: bigint) => ({ minor, currency: 'THB' }) as const;

test('within a country, and below the sum, nothing is asked', () => {
  expect(travelRule(TH, TH, thb(100_000_000n), TODAY)).toBeUndefined();
  expect(travelRule(TH, SG, thb(2_999_999n), TODAY)).toBeUndefined();
});

test('across a border the sum itself is over the threshold', () => {
  expect(travelRule(TH, SG, thb(3_000_000n), TODAY)).toContain('FATF');
});

test("the figure of the sender's own country goes before that of FATF, whichever is lower", () => {
  const sgd = (minor: bigint) => ({ minor, currency: 'SGD' }) as const;
  expect(travelRule(SG, TH, sgd(149_999n), TODAY)).toBeUndefined();
  expect(travelRule(SG, TH, sgd(150_000n), TODAY)).toContain('MAS');
  expect(travelRule(TH, SG, sgd(120_000n), TODAY)).toContain('FATF');
  expect(travelRule(PH, TH, { minor: 5_000_000n, currency: 'PHP' }, TODAY)).toContain('BSP');
});

test('of two figures of one country the one that has begun last counts', () => {
  const rules = [
    { currency: 'THB', amount: '10', from: '2026-01-01', source: 'then' },
    { currency: 'THB', amount: '20', from: '2026-06-01', source: 'now' },
    { currency: 'THB', amount: '1', from: '2027-01-01', source: 'to come' },
  ] as const;
  expect(travelRule(TH, SG, thb(1_500n), TODAY, rules)).toBeUndefined();
  expect(travelRule(TH, SG, thb(2_000n), TODAY, rules)).toBe('now');
});
