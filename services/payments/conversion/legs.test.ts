import fc from 'fast-check';
import { expect, test } from 'vitest';
import { legsOf } from './legs.ts';

const ACCOUNTS = { source: 'source', target: 'target', bought: 'bought', sold: 'sold', fees: 'fees' };
const CURRENCY_OF: Readonly<Record<string, 'from' | 'to'>> = {
  source: 'from',
  bought: 'from',
  fees: 'from',
  sold: 'to',
  target: 'to',
};

test('the legs of any conversion sum to zero in each currency, none of them is nothing, and no account comes twice', () => {
  const sum = fc.bigInt({ min: 1n, max: 10n ** 15n });
  const quotes = fc.record({ amount: sum, fee: fc.bigInt({ min: 0n, max: 10n ** 12n }), receive_amount: sum });
  fc.assert(
    fc.property(quotes, (quote) => {
      const legs = legsOf(quote, ACCOUNTS, undefined);
      for (const side of ['from', 'to'] as const) {
        const own = legs.filter(({ accountId }) => CURRENCY_OF[accountId] === side);
        expect(own.reduce((total, { minor }) => total + minor, 0n)).toBe(0n);
      }
      expect(legs.some(({ minor }) => minor === 0n)).toBe(false);
      expect(new Set(legs.map(({ accountId }) => accountId)).size).toBe(legs.length);
    }),
  );
});
