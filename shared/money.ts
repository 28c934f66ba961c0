import { z } from 'zod';

export const CURRENCIES = ['THB', 'SGD', 'IDR', 'MYR', 'PHP', 'VND', 'USD'] as const;
export const Currency = z.enum(CURRENCIES);
export type Currency = z.infer<typeof Currency>;

/** A whole count of minor units with its currency: 12.50 THB is `{ minor: 1250n, currency: 'THB' }`. */
export type Money = { readonly minor: bigint; readonly currency: Currency };

/**
 * Decimals by currency. `minor` is ISO 4217's exponent, the scale of storage; `wire` is what people write.
 * They differ for IDR only: sen exist for gateways that count them, nobody pays with them.
 */
export const DECIMALS: Readonly<Record<Currency, { readonly minor: number; readonly wire: number }>> = {
  THB: { minor: 2, wire: 2 },
  SGD: { minor: 2, wire: 2 },
  IDR: { minor: 2, wire: 0 },
  MYR: { minor: 2, wire: 2 },
  PHP: { minor: 2, wire: 2 },
  VND: { minor: 0, wire: 0 },
  USD: { minor: 2, wire: 2 },
};

/** The largest amount one call may carry: 10^15 minor units, far below int8's 9.2 * 10^18, so that sums cannot overflow. */
const MINOR_MAX = 1_000_000_000_000_000n;

/** Digits with an optional fraction; no sign, exponent, spaces or leading zeros. */
const DECIMAL = /^(0|[1-9]\d{0,17})(?:\.(\d{1,6}))?$/;

/** A decimal string such as `100.00`. Which decimals are allowed depends on the currency: see {@link parseMoney}. */
export const DecimalString = z.string().regex(DECIMAL, 'must be a plain decimal string such as "100.00"');

/** Minor units of a decimal string, or what is wrong with it in words. Zero is allowed here. */
export function parseMoney(amount: string, currency: Currency): Money | string {
  const match = DECIMAL.exec(amount);
  if (match === null) return 'must be a plain decimal string such as "100.00"';
  const [, whole = '0', fraction = ''] = match;
  const { minor: scale, wire } = DECIMALS[currency];
  if (fraction.length > wire) {
    return wire === 0 ? `${currency} takes no decimals` : `${currency} takes at most ${wire} decimals`;
  }
  const minor = BigInt(whole + fraction.padEnd(scale, '0'));
  if (minor > MINOR_MAX) return 'is too large';
  return { minor, currency };
}

/** The decimal string of an amount, with as many decimals as people write: `{ 1250n, THB }` is `12.50`. */
export function formatMoney({ minor, currency }: Money): string {
  const { minor: scale, wire } = DECIMALS[currency];
  const sign = minor < 0n ? '-' : '';
  const digits = (minor < 0n ? -minor : minor).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const fraction = digits.slice(digits.length - scale).slice(0, wire);
  return sign + whole + (wire > 0 ? `.${fraction}` : '');
}

/**
 * Joins the flat pair `amount` + `currency` of a body into `money`, which is above zero.
 * Used as `z.strictObject({…, amount: DecimalString, currency: Currency}).transform(withMoney)`.
 */
export function withMoney<Body extends { amount: string; currency: Currency }>(
  body: Body,
  context: z.RefinementCtx,
): Omit<Body, 'amount' | 'currency'> & { money: Money } {
  const { amount, currency, ...rest } = body;
  const money = positiveMoney(amount, currency);
  if (typeof money !== 'string') return { ...rest, money };
  context.addIssue({ code: 'custom', path: ['amount'], message: money });
  return z.NEVER;
}

/** Like {@link parseMoney}, and refuses zero. */
export function positiveMoney(amount: string, currency: Currency): Money | string {
  const money = parseMoney(amount, currency);
  if (typeof money === 'string') return money;
  return money.minor === 0n ? 'must be more than zero' : money;
}
