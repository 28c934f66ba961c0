import { type Currency, type Money, parseMoney } from './money.ts';

/**
 * Above this a payment needs the PIN, whoever is paid, and from a new device or under a new number no more than this
 * leaves a wallet in a day. From the contract's fine points.
 */
export const STEP_UP_ABOVE: Readonly<Record<Currency, string>> = {
  THB: '5000',
  SGD: '200',
  IDR: '2000000',
  MYR: '700',
  PHP: '8000',
  VND: '3500000',
  USD: '150',
};

/** The same in minor units. */
export function stepUpSum(currency: Currency): bigint {
  const money = parseMoney(STEP_UP_ABOVE[currency], currency);
  if (typeof money === 'string') throw new TypeError(`${STEP_UP_ABOVE[currency]} ${currency} ${money}`);
  return money.minor;
}

export function isAboveStepUpSum({ minor, currency }: Money): boolean {
  return minor > stepUpSum(currency);
}
