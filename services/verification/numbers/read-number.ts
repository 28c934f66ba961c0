import type { DocumentType } from '#shared/contracts/verification/document.ts';
import type { Country } from '#shared/regions.ts';
import { formatOf } from './formats.ts';

export type ReadNumber = { readonly number: string } | { readonly fault: string };

/** A number without what only helps the eye: spaces, dots, dashes and slashes; in capitals. */
export function bareNumber(text: string): string {
  return text
    .normalize('NFKC')
    .replaceAll(/[\s.\-–/]/g, '')
    .toUpperCase();
}

/** The number of a document as its country writes it, or what is wrong with it. */
export function readNumber(type: DocumentType, country: Country, text: string, today: string): ReadNumber {
  const format = formatOf(type, country);
  if (format === undefined) return { fault: `${country} has no ${type}` };
  const number = bareNumber(text);
  if (!format.form.test(number)) return { fault: `is not ${format.says}` };
  if (format.check !== undefined && !format.check(number, today)) {
    return { fault: `is not ${format.says}: one of its characters is wrong` };
  }
  return { number };
}
