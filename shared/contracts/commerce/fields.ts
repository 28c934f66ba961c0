import { z } from 'zod';
import { Country } from '../../regions.ts';
import { prose, words } from '../text.ts';

/** Postcodes by country (regional facts, section 8); Vietnam has them but does not need them. */
const POSTCODES: Readonly<Record<Country, RegExp>> = {
  TH: /^\d{5}$/,
  SG: /^\d{6}$/,
  ID: /^\d{5}$/,
  MY: /^\d{5}$/,
  PH: /^\d{4}$/,
  VN: /^(\d{5,6})?$/,
};

type Placed = { readonly country: Country; readonly postal_code?: string | undefined };

/** Refuses a postcode that its country does not have. */
export function checkPostcode(place: Placed, context: z.RefinementCtx): void {
  if (POSTCODES[place.country].test(place.postal_code ?? '')) return;
  context.addIssue({ code: 'custom', path: ['postal_code'], message: `is not a postcode of ${place.country}` });
}

/** Where something is, in the levels that all six countries share. */
export const placeFields = {
  street: words(200),
  city: words(100),
  state: words(100).optional(),
  postal_code: z.string().trim().max(10).optional(),
  country: Country,
} as const;

/** Small facts about a thing, such as `{ colour: 'blue' }`: at most 50. */
export const Attributes = z
  .record(words(50), prose(200))
  .refine((facts) => Object.keys(facts).length <= 50, 'may hold at most 50 entries');

export const Quantity = z.number().int().min(0).max(1_000_000);
