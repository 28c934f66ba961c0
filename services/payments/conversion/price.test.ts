import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Currency, CURRENCIES, DECIMALS, type Money } from '#shared/money.ts';
import { priceOf } from './price.ts';
import {
  bought,
  customerRate,
  feeOn,
  formatDecimal,
  hasJumped,
  parsePerUsd,
  PER_USD_DECIMALS,
  usdMicrosOf,
  worthOf,
} from './rate.ts';
import { termsOf } from './terms.ts';

const PER_USD: Readonly<Record<Currency, string>> = {
  THB: '32.415',
  SGD: '1.3012',
  IDR: '16642.5',
  MYR: '4.1375',
  PHP: '58.72',
  VND: '26345',
  USD: '1',
};
const perUsd = (currency: Currency) => parsePerUsd(PER_USD[currency])!;
const pair = (from: Currency, to: Currency) => ({ fromPerUsd: perUsd(from), toPerUsd: perUsd(to) });
const NO_TERMS = { marginBps: 0n, feeBps: 0n };

/** What people can pay with: whole units of the smallest that the currency has in practice. */
function sums(currency: Currency): fc.Arbitrary<Money> {
  const { minor, wire } = DECIMALS[currency];
  const unit = 10n ** BigInt(minor - wire);
  return fc.bigInt({ min: 1n, max: 10n ** 14n / unit }).map((units) => ({ minor: units * unit, currency }));
}
const currencies = fc.constantFrom(...CURRENCIES);
/** Any rates at all, from a hundredth of a unit for a dollar to a million. */
const anyRate = fc.bigInt({ min: 10n ** 8n, max: 10n ** 16n });
const anyRates = fc.record(
  Object.fromEntries(CURRENCIES.map((currency) => [currency, anyRate])) as Record<Currency, typeof anyRate>,
);

test('what buys nothing is refused, and so is more than a transaction carries', () => {
  expect(priceOf({ minor: 100n, currency: 'VND' }, 'SGD', pair('VND', 'SGD'), NO_TERMS)).toBe(
    'is too small to buy any SGD',
  );
  expect(priceOf({ minor: 10n ** 15n, currency: 'USD' }, 'VND', pair('USD', 'VND'), NO_TERMS)).toBe('is too large');
  expect(
    priceOf({ minor: 10n ** 15n, currency: 'VND' }, 'USD', pair('VND', 'USD'), { marginBps: 0n, feeBps: 1n }),
  ).toBe('is too large');
});

test('a text that is no rate above zero is none', () => {
  for (const text of ['', '0', '0.00000000009', '-1', '1e3', 'NaN', '1,5', ' 1', '1.', '9'.repeat(15)]) {
    expect(parsePerUsd(text), text).toBeUndefined();
  }
});

test('rates are exact decimals', () => {
  expect(formatDecimal(parsePerUsd('16642.50')!, PER_USD_DECIMALS)).toBe('16642.5');
  expect(formatDecimal(parsePerUsd('0.1')! + parsePerUsd('0.2')!, PER_USD_DECIMALS)).toBe('0.3');
  expect(formatDecimal(parsePerUsd('1.23456789019')!, PER_USD_DECIMALS)).toBe('1.2345678901');
});

test('a hundred dollars are bought and sold as one would on paper', () => {
  const terms = { marginBps: 40n, feeBps: 40n };
  expect(priceOf({ minor: 10_000n, currency: 'USD' }, 'THB', pair('USD', 'THB'), terms)).toEqual({
    // 32.415 less 0.4 %.
    rate: 32_285_340_000_000n,
    fee: 40n,
    receive: { minor: 322_853n, currency: 'THB' },
  });
  expect(priceOf({ minor: 10_000_000n, currency: 'IDR' }, 'VND', pair('IDR', 'VND'), terms)).toMatchObject({
    fee: 40_000n,
    receive: { minor: 157_666n, currency: 'VND' },
  });
});

test('what comes out is what people pay with, and the amount times the rate cut down', () => {
  fc.assert(
    fc.property(
      currencies.chain(sums),
      currencies,
      anyRates,
      fc.bigInt({ min: 0n, max: 1000n }),
      (money, to, rates, marginBps) => {
        const rate = customerRate({ fromPerUsd: rates[money.currency], toPerUsd: rates[to] }, marginBps);
        const receive = bought(money, rate, to);
        const { minor, wire } = DECIMALS[to];
        const unit = 10n ** BigInt(minor - wire);
        expect(receive.minor % unit).toBe(0n);
        const scale = 10n ** 12n * 10n ** BigInt(DECIMALS[money.currency].minor);
        const exact = money.minor * rate * 10n ** BigInt(minor);
        expect(receive.minor * scale <= exact && exact < (receive.minor + unit) * scale).toBe(true);
      },
    ),
  );
});

test('nobody gains by converting round any circle, whatever the rates, without margin or fee', () => {
  const circle = fc.array(currencies, { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(currencies.chain(sums), circle, anyRates, (start, way, rates) => {
      let money = start;
      for (const to of [...way, start.currency]) {
        if (to === money.currency) continue;
        money = bought(money, customerRate({ fromPerUsd: rates[money.currency], toPerUsd: rates[to] }, 0n), to);
      }
      expect(money.minor <= start.minor).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test('parts of a sum buy no more than the whole', () => {
  fc.assert(
    fc.property(currencies.chain(sums), fc.bigInt({ min: 1n, max: 1_000n }), currencies, (money, share, to) => {
      const rate = customerRate(pair(money.currency, to), 0n);
      const part = { ...money, minor: (money.minor * share) / 1_000n };
      const rest = { ...money, minor: money.minor - part.minor };
      const whole = bought(money, rate, to).minor;
      expect(bought(part, rate, to).minor + bought(rest, rate, to).minor <= whole).toBe(true);
    }),
  );
});

test('a fee is rounded up to what people pay with', () => {
  expect(feeOn({ minor: 1n, currency: 'THB' }, 40n)).toBe(1n);
  expect(feeOn({ minor: 100n, currency: 'IDR' }, 40n)).toBe(100n);
  expect(feeOn({ minor: 25_000n, currency: 'THB' }, 40n)).toBe(100n);
  expect(feeOn({ minor: 25_001n, currency: 'THB' }, 40n)).toBe(101n);
  expect(feeOn({ minor: 25_001n, currency: 'THB' }, 0n)).toBe(0n);
});

test('a rate that moved further than allowed has jumped, either way', () => {
  expect(hasJumped(105n, 100n, 500n)).toBe(false);
  expect(hasJumped(106n, 100n, 500n)).toBe(true);
  expect(hasJumped(95n, 100n, 500n)).toBe(false);
  expect(hasJumped(94n, 100n, 500n)).toBe(true);
});

test('what a dollar is worth is worth a dollar', () => {
  for (const currency of CURRENCIES) {
    const minor = worthOf(1_000_000n, currency, perUsd(currency));
    const back = usdMicrosOf({ minor, currency }, perUsd(currency));
    expect(back <= 1_000_000n && back > 980_000n, currency).toBe(true);
  }
});

test('the rule of a pair goes before the one for all, the later before the earlier, both ways', () => {
  const rules = [
    { marginBps: 60n, feeBps: 40n, from: '2026-01-01', source: '' },
    { pair: ['SGD', 'USD'], marginBps: 30n, feeBps: 10n, from: '2026-01-01', source: '' },
    { pair: ['SGD', 'USD'], marginBps: 20n, feeBps: 10n, from: '2026-06-01', source: '' },
  ] as const;
  expect(termsOf('USD', 'SGD', '2026-05-31', 0n, rules).marginBps).toBe(30n);
  expect(termsOf('SGD', 'USD', '2026-06-01', 5n, rules).marginBps).toBe(25n);
  expect(termsOf('SGD', 'THB', '2026-06-01', 0n, rules).marginBps).toBe(60n);
  expect(termsOf('SGD', 'THB', '2026-06-01', 5_000n, rules).marginBps).toBe(1_000n);
  expect(() => termsOf('SGD', 'THB', '2025-06-01', 0n, rules)).toThrow('no terms');
});
