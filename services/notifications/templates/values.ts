import { unreachable } from '#shared/errors.ts';
import type { Money } from '#shared/money.ts';
import type { Locale } from '#shared/regions.ts';
import { cut, lines, oneLine, withoutLinks } from './clean.ts';
import { INTL_TAGS } from './languages.ts';
import type { MessageValue } from './message.ts';
import { moneyForSms, moneyText } from './money-text.ts';
import { inGsm7 } from './sms.ts';
import { declared, type Kind, type Texts, type Variables, type Way } from './template.ts';
import type { Value } from './variables.ts';

/** How many characters of what other people wrote are shown: in an SMS, where they cost, and elsewhere. */
export const SHOWN_MAX = {
  name: { sms: 20, else: 80 },
  reference: { sms: 24, else: 60 },
  words: { sms: 40, else: 300 },
  prose: { sms: 90, else: 4000 },
} as const;

const ID = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i;
/** The end of an id is what is random in it, so it is what tells two orders of one day apart. */
const SHOWN_OF_ID = 8;

type Setting = { readonly locale: Locale; readonly zone: string; readonly way: Way; readonly words: Texts['words'] };

/** Checked variables as a message of this language and way shows them. */
export function valuesFor(
  variables: Variables,
  checked: Readonly<Record<string, Value | undefined>>,
  setting: Setting,
): Record<string, MessageValue> {
  const values: Record<string, MessageValue> = {};
  for (const { name, kind, optional } of declared(variables)) {
    const value = checked[name];
    if (optional) values[`has_${name}`] = value === undefined ? 'no' : 'yes';
    if (value !== undefined) values[name] = shown(name, kind, value, setting);
  }
  return values;
}

function shown(name: string, kind: Kind, value: Value, setting: Setting): MessageValue {
  const { locale, zone, way } = setting;
  if (typeof kind !== 'string') return inWords(name, value as string | readonly string[], setting);
  switch (kind) {
    case 'count':
      return value as number;
    case 'yes_no':
      return value === true ? 'yes' : 'no';
    case 'moment':
      return { at: value as Date, zone };
    case 'money':
      return way === 'sms' ? moneyForSms(value as Money, locale) : moneyText(value as Money, locale);
    case 'link':
      return value as string;
    case 'reference':
      return foreign(kind, ID.test(value as string) ? shortId(value as string) : (value as string), setting);
    case 'words':
      return wordFor(name, value as string, setting) ?? foreign(kind, value as string, setting);
    case 'name':
    case 'prose':
      return foreign(kind, value as string, setting);
    default:
      return unreachable(kind);
  }
}

function shortId(id: string): string {
  return id.slice(-SHOWN_OF_ID).toUpperCase();
}

/** What someone else wrote: cleaned, without links where apps would make some, and no longer than there is room for. */
function foreign(kind: keyof typeof SHOWN_MAX, text: string, { locale, way }: Setting): string {
  const isLinked = way === 'sms' || (way === 'email' && kind !== 'prose');
  const clean = kind === 'prose' && way !== 'sms' ? lines(text) : oneLine(text);
  const plain = isLinked ? withoutLinks(clean) : clean;
  if (way !== 'sms') return cut(plain, SHOWN_MAX[kind].else);
  const letters = locale === 'th' ? plain : inGsm7(plain).trim() || plain;
  return cut(letters, SHOWN_MAX[kind].sms, Infinity, '...');
}

function wordFor(name: string, value: string, { words }: Setting): string | undefined {
  const known = words?.[name];
  return known !== undefined && Object.hasOwn(known, value) ? known[value] : undefined;
}

/** Values of a list, in words where the template has some; several are joined as the language joins them. */
function inWords(name: string, value: string | readonly string[], setting: Setting): string {
  if (typeof value === 'string') return wordFor(name, value, setting) ?? value;
  const list = new Intl.ListFormat(INTL_TAGS[setting.locale], { type: 'conjunction' });
  return list.format(value.map((one) => wordFor(name, one, setting) ?? one));
}
