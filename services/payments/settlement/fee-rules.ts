import { type Currency, DECIMALS } from '#shared/money.ts';
import type { Country } from '#shared/regions.ts';

type FeeRule = {
  /** Where the merchant is at home; undefined for everywhere. */
  readonly country?: Country;
  readonly currency?: Currency;
  /** The category of the shop; undefined for every category that has no rule of its own. */
  readonly category?: string;
  /** Our commission, and what taking the payment costs, in basis points of what the customer paid and kept paid. */
  readonly commission: number;
  readonly processing: number;
  /** The first day, in the merchant's calendar, that it is in force. */
  readonly from: string;
  readonly source: string;
};

const OURS = 'ours: no law names it; the terms that merchants accept do';

/**
 * What merchants pay for an order, by home country, currency and category. A change of terms is a new line with its date,
 * never an edit, so that an order is charged what was in force on the day it was paid out.
 */
const FEES: readonly FeeRule[] = [
  { commission: 200, processing: 100, from: '2025-01-01', source: OURS },
  { category: 'groceries', commission: 100, processing: 100, from: '2025-01-01', source: OURS },
  { category: 'electronics', commission: 150, processing: 100, from: '2025-01-01', source: OURS },
  {
    country: 'ID',
    currency: 'IDR',
    commission: 200,
    processing: 70,
    from: '2025-01-01',
    source: 'commission ours; processing as QRIS charges regular merchants, 0.7 % (Bank Indonesia)',
  },
  { country: 'VN', currency: 'VND', commission: 200, processing: 80, from: '2025-01-01', source: OURS },
];

type TaxRule = { readonly country: Country; readonly basisPoints: number; readonly from: string };

/**
 * The tax on our fee, which is a service sold to the merchant: VAT, GST or service tax of the merchant's country.
 * Sources: regional facts, section 7. How Thailand's reduced 7 % goes on after 2026-09-30 is not confirmed. Indonesia's
 * 12 % on 11/12 of the price is 11 %. Vietnam's reduced 8 % does not extend to services of finance.
 */
const TAXES: readonly TaxRule[] = [
  { country: 'TH', basisPoints: 700, from: '1999-04-01' },
  { country: 'SG', basisPoints: 900, from: '2024-01-01' },
  { country: 'ID', basisPoints: 1100, from: '2025-01-01' },
  { country: 'MY', basisPoints: 800, from: '2024-03-01' },
  { country: 'PH', basisPoints: 1200, from: '2006-02-01' },
  { country: 'VN', basisPoints: 1000, from: '1999-01-01' },
];

export type SaleFacts = {
  readonly country: Country;
  readonly currency: Currency;
  readonly category: string | undefined;
  /** The merchant's calendar day, `2026-11-24`. */
  readonly day: string;
};

/** In minor units. `tax` is on both fees. */
export type MerchantFees = { readonly commission: bigint; readonly processing: bigint; readonly tax: bigint };

export const NO_FEES: MerchantFees = { commission: 0n, processing: 0n, tax: 0n };

const BASIS_POINTS = 10_000n;

/**
 * What a merchant pays out of `minor`, each part rounded down to the smallest sum that people of the currency write, so
 * that rounding never takes from the merchant. Of the rules that fit, one with a category goes before one with a country,
 * one with a country before one without, and the latest in force before earlier ones.
 */
export function merchantFees(sale: SaleFacts, minor: bigint, rules: readonly FeeRule[] = FEES): MerchantFees {
  const [rule] = rules
    .filter(
      (rule) =>
        rule.from <= sale.day &&
        (rule.country ?? sale.country) === sale.country &&
        (rule.currency ?? sale.currency) === sale.currency &&
        (rule.category === undefined || rule.category === sale.category?.toLowerCase()),
    )
    .toSorted((a, b) => weightOf(b) - weightOf(a) || b.from.localeCompare(a.from));
  if (rule === undefined) return NO_FEES;
  const commission = partOf(minor, rule.commission, sale.currency);
  const processing = partOf(minor, rule.processing, sale.currency);
  return { commission, processing, tax: partOf(commission + processing, taxRate(sale), sale.currency) };
}

function weightOf({ country, currency, category }: FeeRule): number {
  return 4 * Number(category !== undefined) + 2 * Number(country !== undefined) + Number(currency !== undefined);
}

function taxRate({ country, day }: SaleFacts): number {
  const [rule] = TAXES.filter((rule) => rule.country === country && rule.from <= day).toSorted((a, b) =>
    b.from.localeCompare(a.from),
  );
  return rule?.basisPoints ?? 0;
}

function partOf(minor: bigint, basisPoints: number, currency: Currency): bigint {
  const { minor: scale, wire } = DECIMALS[currency];
  const smallest = 10n ** BigInt(scale - wire);
  const part = (minor * BigInt(basisPoints)) / BASIS_POINTS;
  return part - (part % smallest);
}
