import { IntlMessageFormat } from 'intl-messageformat';
import type { Locale } from '#shared/regions.ts';
import { INTL_TAGS } from './languages.ts';

/** A moment with the zone that it is told in: dates are the only values that need more than the message's language. */
export type Moment = { readonly at: Date; readonly zone: string };
export type MessageValue = string | number | Moment;

/** The styles that messages may name: `{at, date, long}`, `{at, time, short}`. */
export const STYLES = {
  date: { short: { dateStyle: 'short' }, medium: { dateStyle: 'medium' }, long: { dateStyle: 'long' } },
  time: { short: { timeStyle: 'short' } },
} as const;

type Format = (moment: Moment) => string;

/** A formatter takes some 50 KB, and people live in few zones: more than these are made anew. */
const DATE_FORMATS_MAX = 300;
const dateFormats = new Map<string, Intl.DateTimeFormat>();

type Style = Pick<Intl.DateTimeFormatOptions, 'dateStyle' | 'timeStyle'>;

function dateFormat(tag: string, style: Style, timeZone: string): Intl.DateTimeFormat {
  const key = `${tag} ${style.dateStyle} ${style.timeStyle} ${timeZone}`;
  const known = dateFormats.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat(tag, { ...style, timeZone });
  if (dateFormats.size >= DATE_FORMATS_MAX) dateFormats.delete(dateFormats.keys().next().value!);
  dateFormats.set(key, made);
  return made;
}

/** Stands where the library asks for Intl's own formatter, and takes the zone from the value. */
function inItsZone(tag: string, { dateStyle, timeStyle }: Style = {}): { format: Format } {
  // The library adds its own options to ours; Intl takes either a style or single fields.
  const style: Style = dateStyle === undefined ? { timeStyle: timeStyle ?? 'short' } : { dateStyle };
  return { format: ({ at, zone }) => dateFormat(tag, style, zone).format(at) };
}

/** Compiled messages; they come out of the catalogue, never from people, so there is an end to them. */
const compiled = new Map<string, IntlMessageFormat>();

function compile(text: string, locale: Locale): IntlMessageFormat {
  const key = `${locale} ${text}`;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const tag = INTL_TAGS[locale];
  const numbers = new Intl.NumberFormat(tag);
  const made = new IntlMessageFormat(text, tag, STYLES, {
    ignoreTag: true,
    formatters: {
      getNumberFormat: () => numbers,
      // The values that reach it are moments, which Intl does not know.
      getDateTimeFormat: (_, options) => inItsZone(tag, options) as unknown as Intl.DateTimeFormat,
      getPluralRules: (_, options) => new Intl.PluralRules(tag, options),
    },
  });
  compiled.set(key, made);
  return made;
}

/** Writes a message. Values are put in as they are, whatever they look like: nothing in them is read as a message. */
export function write(text: string, locale: Locale, values: Readonly<Record<string, MessageValue>>): string {
  // A moment passes through the library untouched, to the formatter above.
  const parts = compile(text, locale).formatToParts(values as Record<string, string | number>);
  return parts.map(({ value }) => String(value)).join('');
}
