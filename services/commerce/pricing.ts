import { invalid } from '#shared/errors.ts';
import { type Currency, DECIMALS, formatMoney, parseMoney, positiveMoney } from '#shared/money.ts';

const BASIS_POINTS = 10_000n;

/** The most that one order may come to: 10^15 minor units, as for any other amount. */
const TOTAL_MAX = 1_000_000_000_000_000n;

export type Amounts = {
  readonly subtotal: bigint;
  readonly shipping: bigint;
  readonly total: bigint;
  /** Contained in the total. */
  readonly tax: bigint;
};

type Line = { readonly unitPrice: bigint; readonly quantity: number };

/**
 * What an order comes to, in minor units.
 *
 * Prices include tax. The tax of each line and of the shipping is its share of the gross amount, rounded half up to
 * what people can pay in that currency, and no rounding changes the total.
 *
 * @param taxBasisPoints 700 is 7 %
 */
export function amountsOf(
  lines: readonly Line[],
  shipping: bigint,
  taxBasisPoints: number,
  currency: Currency,
): Amounts {
  const totals = lines.map((line) => line.unitPrice * BigInt(line.quantity));
  const subtotal = totals.reduce((sum, total) => sum + total, 0n);
  const tax = [...totals, shipping].reduce((sum, gross) => sum + taxWithin(gross, taxBasisPoints, currency), 0n);
  const total = subtotal + shipping;
  if (total > TOTAL_MAX) throw invalid('items', 'come to more than one order may');
  return { subtotal, shipping, total, tax };
}

function taxWithin(gross: bigint, basisPoints: number, currency: Currency): bigint {
  const rate = BigInt(basisPoints);
  const { minor, wire } = DECIMALS[currency];
  const step = 10n ** BigInt(minor - wire);
  const divisor = (BASIS_POINTS + rate) * step;
  return ((2n * gross * rate + divisor) / (2n * divisor)) * step;
}

/** A price in minor units, which is above zero. @throws {AppError} VALIDATION_ERROR at `path` */
export function readPrice(path: string, text: string, currency: Currency): bigint {
  const money = positiveMoney(text, currency);
  if (typeof money === 'string') throw invalid(path, money);
  return money.minor;
}

/** An amount that may be zero. @throws {AppError} VALIDATION_ERROR at `path` */
export function readAmount(path: string, text: string, currency: Currency): bigint {
  const money = parseMoney(text, currency);
  if (typeof money === 'string') throw invalid(path, money);
  return money.minor;
}

/** An amount that may be negative, such as what a variant adds to the price. @throws {AppError} VALIDATION_ERROR */
export function readAdjustment(path: string, text: string, currency: Currency): bigint {
  return text.startsWith('-') ? -readAmount(path, text.slice(1), currency) : readAmount(path, text, currency);
}

/** Minor units as people write them. */
export function written(minor: bigint, currency: string): string {
  return formatMoney({ minor, currency: currency as Currency });
}
