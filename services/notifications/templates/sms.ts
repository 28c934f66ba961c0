import type { Country } from '#shared/regions.ts';
import { notInGsm7, smsParts } from '#shared/sms-parts.ts';
import { cut } from './clean.ts';

/** The most parts that one notification may cost. */
export const SMS_PARTS_MAX = 2;

/** Texts to Malaysian numbers say first that they are free of charge. */
const PREFIXES: Readonly<Partial<Record<Country, string>>> = { MY: 'RM0 ' };

/** How a text to a number of this country must begin. */
export function smsPrefix(country: Country | undefined): string {
  return country === undefined ? '' : (PREFIXES[country] ?? '');
}

/** What typewriters had no key for, and what they wrote. */
const TYPOGRAPHY: Readonly<Record<string, string>> = {
  '‘': "'",
  '’': "'",
  '‚': ',',
  '“': '"',
  '”': '"',
  '„': '"',
  '«': '"',
  '»': '"',
  '‐': '-',
  '‑': '-',
  '–': '-',
  '—': '-',
  '−': '-',
  '…': '...',
  '•': '-',
  '·': '-',
  đ: 'd',
  Đ: 'D',
};

const PICTURES = /\p{Extended_Pictographic}|\u200D|[\uFE00-\uFE0F]|[\u{1F3FB}-\u{1F3FF}]|[\u{1F1E6}-\u{1F1FF}]/gu;

/** Typographic characters that a text gains nothing from; a text of the catalogue that holds one is refused. */
export function typographicIn(text: string): string[] {
  return [...new Set(text)].filter((character) => Object.hasOwn(TYPOGRAPHY, character) && !/\p{L}/u.test(character));
}

/**
 * Writes with the letters of GSM-7 what can be: `Nguyễn` as `Nguyen`. What has no such letters, Thai for one, stays; then
 * the whole text travels as UCS-2. Pictures are left out.
 */
export function inGsm7(text: string): string {
  const plain = text.replace(PICTURES, '').replaceAll(/\s/gu, (space) => (space === '\n' ? space : ' '));
  return Array.from(plain.normalize('NFC'), (character) => {
    if (notInGsm7(character).length === 0) return character;
    if (Object.hasOwn(TYPOGRAPHY, character)) return TYPOGRAPHY[character];
    const base = character.normalize('NFD')[0]!;
    return /[a-z]/i.test(base) ? base : character;
  }).join('');
}

export type Sms = {
  readonly text: string;
  readonly sms: { readonly encoding: 'gsm7' | 'ucs2'; readonly segments: number };
};

/** A text for SMS, in no more than {@link SMS_PARTS_MAX} parts. */
export function smsOf(words: string, country: Country | undefined): Sms {
  const text = fitting(smsPrefix(country) + words.replaceAll(/[^\S\n]+/gu, ' '));
  const { encoding, parts } = smsParts(text);
  return { text, sms: { encoding: encoding === 'GSM-7' ? 'gsm7' : 'ucs2', segments: parts } };
}

/** Only names in scripts that nobody foresaw make a text longer than its template was checked to be. */
function fitting(text: string): string {
  const isFine = (shown: string): boolean => smsParts(shown).parts <= SMS_PARTS_MAX;
  if (isFine(text)) return text;
  const within = (room: number): string => cut(text, room, Infinity, '...');
  // The more room, the more parts, so the place to cut is found by halving: a name may pile up marks to be slow to count.
  let fits = 0;
  let tooLong = text.length;
  while (tooLong - fits > 1) {
    const room = Math.floor((fits + tooLong) / 2);
    if (isFine(within(room))) fits = room;
    else tooLong = room;
  }
  return within(fits);
}
