import { type Currency, DECIMALS, type Money } from '#shared/money.ts';

/**
 * Money as a gateway counts it: whole units that are 10^-`decimals` of the currency, whatever our own scale is.
 *
 * @throws {RangeError} for a sum that the gateway cannot count, because it is finer than its unit
 */
export function toUnits({ minor, currency }: Money, decimals: number): bigint {
  const shift = decimals - DECIMALS[currency].minor;
  if (shift >= 0) return minor * 10n ** BigInt(shift);
  const divisor = 10n ** BigInt(-shift);
  if (minor % divisor !== 0n) throw new RangeError(`${minor} ${currency} is finer than the gateway counts`);
  return minor / divisor;
}

/** Our money of a gateway's units; undefined when it is finer than we count. */
export function fromUnits(units: bigint, currency: Currency, decimals: number): Money | undefined {
  const shift = DECIMALS[currency].minor - decimals;
  if (shift >= 0) return { minor: units * 10n ** BigInt(shift), currency };
  const divisor = 10n ** BigInt(-shift);
  return units % divisor === 0n ? { minor: units / divisor, currency } : undefined;
}
