import { COUNTRY_FACTS, type Country, type Locale, LOCALES } from './regions.ts';

/** Languages that phones call by other names than ours: Filipino and Indonesian by old codes, Malay by that of its standard. */
const ALSO_CALLED: Readonly<Record<string, Locale>> = { tl: 'fil', in: 'id', zsm: 'ms' };

/** The language of a BCP 47 tag if we speak it, else the country's. */
export function localeFor(tag: string, country: Country): Locale {
  const language = tag.toLowerCase().split('-')[0]!;
  const called = Object.hasOwn(ALSO_CALLED, language) ? ALSO_CALLED[language] : language;
  return LOCALES.find((locale) => locale === called) ?? COUNTRY_FACTS[country].locale;
}
