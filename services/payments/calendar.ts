import { COUNTRY_FACTS, type Country } from '#shared/regions.ts';

const FORMATS = new Map<Country, Intl.DateTimeFormat>();

function formatOf(country: Country): Intl.DateTimeFormat {
  let format = FORMATS.get(country);
  if (format === undefined) {
    // Gregorian by name: th-TH and friends would count Buddhist years.
    format = new Intl.DateTimeFormat('en-CA-u-ca-gregory', { timeZone: COUNTRY_FACTS[country].timezone });
    FORMATS.set(country, format);
  }
  return format;
}

/** The day and the month that it is for people at home in a country: `2026-11-24` and `2026-11-01`. */
export function periodsAt(now: Date, country: Country): { readonly day: string; readonly month: string } {
  const day = formatOf(country).format(now);
  return { day, month: `${day.slice(0, 7)}-01` };
}
