import { type Currency, DECIMALS, type Money } from '#shared/money.ts';

/**
 * Rates are exact decimals: whole numbers of 10^-12 for what a customer is given, of 10^-10 for what a dollar buys. No
 * rate is ever a floating-point number.
 */
export const RATE_DECIMALS = 12;
export const PER_USD_DECIMALS = 10;

const ONE = 10n ** BigInt(RATE_DECIMALS);
/** A hundredth of a per cent. */
export const BPS = 10_000n;
const DECIMAL = /^(\d{1,14})(?:\.(\d{1,40}))?$/;

/** What a US dollar buys, in 10^-10 of a unit; further decimals are cut. Undefined for a text that is no rate above zero. */
export function parsePerUsd(text: string): bigint | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, whole = '', fraction = ''] = match;
  const units = BigInt(whole + fraction.slice(0, PER_USD_DECIMALS).padEnd(PER_USD_DECIMALS, '0'));
  return units > 0n ? units : undefined;
}

/** The decimal string of a whole number of 10^-`decimals`, without zeros at its end: `0.0281`. */
export function formatDecimal(units: bigint, decimals: number): string {
  const digits = units.toString().padStart(decimals + 1, '0');
  const fraction = digits.slice(-decimals).replace(/0+$/, '');
  return digits.slice(0, -decimals) + (fraction === '' ? '' : `.${fraction}`);
}

export type PairRates = { readonly fromPerUsd: bigint; readonly toPerUsd: bigint };

/**
 * What a customer gets for one unit of `from`, in 10^-12 units of `to`: the middle rate over the dollar less the margin,
 * cut down. It may be nothing.
 */
export function customerRate({ fromPerUsd, toPerUsd }: PairRates, marginBps: bigint): bigint {
  return (toPerUsd * (BPS - marginBps) * ONE) / (fromPerUsd * BPS);
}

/**
 * What a sum buys. The rounding rule: amount × rate, cut down to what people pay with in that currency (whole dong and
 * rupiah, hundredths of the others); ISO 4217 has the minor units, shared/money.ts what is paid with. What is cut off
 * stays with the house, in its liquidity account.
 *
 * So converting never makes money. A rate is at most the middle rate, every cut is down, and middle rates over one dollar
 * multiply to one around any circle: whoever converts round it comes back with at most what they left with.
 */
export function bought({ minor, currency }: Money, rate: bigint, to: Currency): Money {
  const { minor: scale, wire } = DECIMALS[to];
  const exact = (minor * rate * 10n ** BigInt(scale)) / (ONE * 10n ** BigInt(DECIMALS[currency].minor));
  return { minor: exact - (exact % unitOf(scale, wire)), currency: to };
}

/** The fee on a sum, in its currency, rounded up to what people pay with. */
export function feeOn({ minor, currency }: Money, feeBps: bigint): bigint {
  const { minor: scale, wire } = DECIMALS[currency];
  const unit = unitOf(scale, wire);
  const exact = minor * feeBps;
  return ((exact + BPS * unit - 1n) / (BPS * unit)) * unit;
}

function unitOf(scale: number, wire: number): bigint {
  return 10n ** BigInt(scale - wire);
}

/** How many minor units a number of millionths of a dollar is worth. */
export function worthOf(usdMicros: bigint, currency: Currency, perUsd: bigint): bigint {
  return (usdMicros * perUsd * 10n ** BigInt(DECIMALS[currency].minor)) / 10n ** BigInt(6 + PER_USD_DECIMALS);
}

/** What a sum is worth in millionths of a dollar, cut towards nothing. */
export function usdMicrosOf({ minor, currency }: Money, perUsd: bigint): bigint {
  return (minor * 10n ** BigInt(6 + PER_USD_DECIMALS)) / (perUsd * 10n ** BigInt(DECIMALS[currency].minor));
}

/** Whether a rate is further than `maxBps` from the one before it. */
export function hasJumped(perUsd: bigint, before: bigint, maxBps: bigint): boolean {
  const moved = perUsd > before ? perUsd - before : before - perUsd;
  return moved * BPS > before * maxBps;
}
