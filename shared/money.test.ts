import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CURRENCIES, DECIMALS, formatMoney, parseMoney, positiveMoney } from './money.ts';

describe('amounts on the wire', () => {
  test.each(['-1', '+1', '1e3', 'NaN', '1 ', ' 1', '', '.5', '1.', '01', '0x10', '1,000', '١'])(
    '%j is refused',
    (amount) => {
      expect(parseMoney(amount, 'THB')).toEqual(expect.any(String));
    },
  );

  test('decimals beyond what the currency takes are refused', () => {
    expect(parseMoney('1.5', 'VND')).toBe('VND takes no decimals');
    expect(parseMoney('1.5', 'IDR')).toBe('IDR takes no decimals');
    expect(parseMoney('1.005', 'THB')).toBe('THB takes at most 2 decimals');
  });

  test('more than a call may carry is refused, however long', () => {
    expect(parseMoney('1' + '0'.repeat(30), 'THB')).toEqual(expect.any(String));
    expect(parseMoney('10000000000001.00', 'THB')).toBe('is too large');
  });

  test('zero is refused where money must move', () => {
    expect(positiveMoney('0.00', 'THB')).toBe('must be more than zero');
  });

  test('rupiah are kept as sen and written without decimals', () => {
    expect(parseMoney('15000', 'IDR')).toEqual({ minor: 1_500_000n, currency: 'IDR' });
    expect(formatMoney({ minor: 1_500_000n, currency: 'IDR' })).toBe('15000');
  });

  test('what is written is read back as the same amount, beyond 2^53 too', () => {
    const amounts = fc.record({ currency: fc.constantFrom(...CURRENCIES), units: fc.bigInt(0n, 9_999_999_999_999n) });
    fc.assert(
      fc.property(amounts, ({ currency, units }) => {
        const { minor, wire } = DECIMALS[currency];
        const money = { minor: units * 10n ** BigInt(minor - wire), currency };
        expect(parseMoney(formatMoney(money), currency)).toEqual(money);
      }),
    );
  });
});
