import { expect, test } from 'vitest';
import { CURRENCIES, DECIMALS, parseMoney } from '#shared/money.ts';
import { fromUnits, toUnits } from './minor-units.ts';
import { OmiseCharge, omiseAmount } from './omise-wire.ts';
import { StripeIntent, stripeAmount } from './stripe-wire.ts';
import { XenditRequest, xenditAmount } from './xendit-wire.ts';

/** The largest sum that one call may carry. */
const LARGEST = 1_000_000_000_000_000n;

function stripeIntent(amount: number, currency: string) {
  const intent = { object: 'payment_intent', id: 'pi_1', amount, currency, status: 'succeeded' };
  return StripeIntent.safeParse(intent).data?.money;
}

function xenditRequest(request_amount: unknown, currency: string) {
  const request = {
    payment_request_id: 'pr-1',
    reference_id: 'r',
    currency,
    request_amount,
    channel_code: 'QRIS',
    status: 'SUCCEEDED',
  };
  return XenditRequest.safeParse(request).data?.money;
}

test('a sum that is finer than a gateway counts is refused, and never rounded', () => {
  expect(() => toUnits({ minor: 150n, currency: 'IDR' }, 0)).toThrow(RangeError);
  expect(fromUnits(15n, 'VND', 1)).toBeUndefined();
  expect(toUnits({ minor: 15_000n, currency: 'IDR' }, 0)).toBe(150n);
  expect(fromUnits(150n, 'IDR', 0)).toEqual({ minor: 15_000n, currency: 'IDR' });
});

test('Stripe counts hundredths of everything, rupiahs too, and whole dongs', () => {
  expect(stripeAmount({ minor: 1_234n, currency: 'SGD' })).toBe(1_234);
  expect(stripeAmount({ minor: 2_500_000n, currency: 'IDR' })).toBe(2_500_000);
  expect(stripeAmount({ minor: 150_000n, currency: 'VND' })).toBe(150_000);
  expect(stripeIntent(1_234, 'sgd')).toEqual({ minor: 1_234n, currency: 'SGD' });
  expect(stripeIntent(150_000, 'vnd')).toEqual({ minor: 150_000n, currency: 'VND' });
  for (const amount of [-1, 1.5, Number.NaN, 2 ** 53]) expect(stripeIntent(amount, 'sgd')).toBeUndefined();
});

test('Xendit counts the currency itself: rupiahs and dongs whole, pesos with their centavos', () => {
  expect(xenditAmount({ minor: 2_500_000n, currency: 'IDR' })).toBe(25_000);
  expect(xenditAmount({ minor: 150_000n, currency: 'VND' })).toBe(150_000);
  expect(xenditAmount({ minor: 9_995n, currency: 'PHP' })).toBe(99.95);
  expect(xenditRequest(25_000, 'IDR')).toEqual({ minor: 2_500_000n, currency: 'IDR' });
  expect(xenditRequest(99.95, 'PHP')).toEqual({ minor: 9_995n, currency: 'PHP' });
  for (const [amount, currency] of [
    [10_000.01, 'IDR'],
    [0.5, 'VND'],
    [1.005, 'PHP'],
    [-1, 'PHP'],
    [1e21, 'PHP'],
    ['100', 'PHP'],
  ] as const) {
    expect(xenditRequest(amount, currency)).toBeUndefined();
  }
});

test('every sum that we may carry comes back from each gateway as it went', () => {
  for (const currency of CURRENCIES) {
    for (const text of ['1', '25000', '9007199254740']) {
      const money = parseMoney(text, currency);
      if (typeof money === 'string') throw new Error(money);
      expect(stripeIntent(stripeAmount(money), currency.toLowerCase())).toEqual(money);
      expect(xenditRequest(xenditAmount(money), currency)).toEqual(money);
      const omise = { object: 'charge', id: 'chrg_1', amount: Number(omiseAmount(money)), currency, status: 'pending' };
      expect(OmiseCharge.safeParse(omise).data?.money).toEqual(money);
    }
    const largest = { minor: LARGEST, currency };
    expect(stripeIntent(stripeAmount(largest), currency.toLowerCase())).toEqual(largest);
    expect(xenditRequest(xenditAmount(largest), currency)).toEqual(largest);
    expect(toUnits(largest, DECIMALS[currency].minor)).toBe(LARGEST);
  }
});
