import { localeFor } from '#shared/locale-for.ts';
import type { Country, Locale } from '#shared/regions.ts';

/**
 * What each language is formatted as. English is that of Singapore: days before months, and a US dollar that says so.
 * Thai counts years in the Buddhist era.
 */
export const INTL_TAGS: Readonly<Record<Locale, string>> = {
  en: 'en-SG',
  th: 'th-TH-u-ca-buddhist-nu-latn',
  id: 'id-ID',
  ms: 'ms-MY',
  fil: 'fil-PH',
  vi: 'vi-VN',
};

/**
 * The languages that a text is looked for in, in this order: the one of the tag, or of the country where we do not speak
 * that, and English. Malay and Indonesian are no stand-ins for each other: alike words mean other things.
 */
export function languagesFor(tag: string, country: Country | undefined): readonly Locale[] {
  return [...new Set([localeFor(tag, country ?? ENGLISH_SPEAKING), 'en' as const])];
}

/** Who is known to speak none of ours, and lives nowhere that we know, reads English. */
const ENGLISH_SPEAKING: Country = 'SG';
