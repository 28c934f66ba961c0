import type { Country } from '#shared/regions.ts';

type Rate = { readonly from: string; readonly basisPoints: number };

/**
 * What of a consumer price is VAT or GST, by country, newest first, from its first day (local calendar date).
 *
 * Sources: regional facts, section 7. Thailand's statutory rate is 10 %; the reduced 7 % is prolonged year by year, and
 * how it goes on after 2026-09-30 is not confirmed. Indonesia charges 12 % on 11/12 of the price, which is 11 %.
 * Malaysia's sales tax is paid by the maker, so a shop's customer pays none on top. Vietnam's 8 % ends with 2026.
 */
const RATES: Readonly<Record<Country, readonly Rate[]>> = {
  TH: [{ from: '1999-04-01', basisPoints: 700 }],
  SG: [{ from: '2024-01-01', basisPoints: 900 }],
  ID: [{ from: '2025-01-01', basisPoints: 1100 }],
  MY: [{ from: '2018-09-01', basisPoints: 0 }],
  PH: [{ from: '2006-02-01', basisPoints: 1200 }],
  VN: [
    { from: '2027-01-01', basisPoints: 1000 },
    { from: '2025-07-01', basisPoints: 800 },
  ],
};

type Sale = {
  readonly seller: Country;
  readonly registered: boolean;
  readonly destination: Country;
  /** The seller's calendar date, `YYYY-MM-DD`. */
  readonly date: string;
};

/** The tax rate of a sale in basis points: none when the seller is not registered, or when the goods are exported. */
export function taxRate({ seller, registered, destination, date }: Sale): number {
  if (!registered || destination !== seller) return 0;
  return RATES[seller].find((rate) => rate.from <= date)?.basisPoints ?? 0;
}
