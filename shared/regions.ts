import { z } from 'zod';

/** The countries we serve, ISO 3166-1 alpha-2. */
export const COUNTRIES = ['TH', 'SG', 'ID', 'MY', 'PH', 'VN'] as const;
export const Country = z.enum(COUNTRIES);
export type Country = z.infer<typeof Country>;

/**
 * The places where personal data may live. `core` holds ledger and commerce under pseudonymous ids.
 * The order is written into ids: append, never reorder.
 */
export const REGIONS = ['core', ...COUNTRIES] as const;
export type Region = (typeof REGIONS)[number];

/** The languages we speak, BCP 47. */
export const LOCALES = ['en', 'th', 'id', 'ms', 'fil', 'vi'] as const;
export const Locale = z.enum(LOCALES);
export type Locale = z.infer<typeof Locale>;

type CountryFacts = { readonly locale: Locale; readonly timezone: string };

/** What a new account of a country starts with. Time zones are IANA names. */
export const COUNTRY_FACTS: Readonly<Record<Country, CountryFacts>> = {
  TH: { locale: 'th', timezone: 'Asia/Bangkok' },
  SG: { locale: 'en', timezone: 'Asia/Singapore' },
  ID: { locale: 'id', timezone: 'Asia/Jakarta' },
  MY: { locale: 'ms', timezone: 'Asia/Kuala_Lumpur' },
  PH: { locale: 'fil', timezone: 'Asia/Manila' },
  VN: { locale: 'vi', timezone: 'Asia/Ho_Chi_Minh' },
};
