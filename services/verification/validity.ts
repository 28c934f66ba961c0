import type { Document, DocumentType } from '#shared/contracts/verification/document.ts';
import type { Country } from '#shared/regions.ts';

/** How a country issues a kind of paper. */
type Validity = {
  /** Whether each of them has a day printed on it from which it is no longer good. */
  readonly expires: (paper: Paper) => boolean;
  /** No such paper is issued for longer; years from today. */
  readonly yearsMax: number;
};

type Paper = {
  readonly number: string;
  /** The bearer's day of birth, such as `1990-05-17`; absent for a business. */
  readonly bornOn: string | undefined;
  readonly today: string;
};

const always = () => true;
const never = () => false;

/** A passport is good for ten years at most, and some countries add what was left of the one before. */
const PASSPORT: Validity = { expires: always, yearsMax: 11 };
const LICENCE: Validity = { expires: always, yearsMax: 11 };
/** Good until an age: 65 in Singapore, the age of retirement in Vietnam for some classes. */
const LICENCE_UNTIL_AN_AGE: Validity = { expires: always, yearsMax: 50 };
/** The card lasts as long as the pass that it stands for. */
const FIN: Validity = { expires: ({ number }) => /^[FGM]/.test(number), yearsMax: 11 };
/** Eight years to the next birthday; from seventy on for life, and the number is for life in any case. */
const THAI_ID: Validity = { expires: never, yearsMax: 10 };
/** Renewed at 25, 40 and 60; one that is issued in the two years before 60 is for life (Law on Identification 2023, 21). */
const CCCD: Validity = { expires: (paper) => !isAtLeast(58, paper), yearsMax: 25 };
/** A business name is registered for five years. */
const DTI: Validity = { expires: always, yearsMax: 6 };
/** Papers that are good for ever, and those of which we do not know: a day that is given counts, and none is asked for. */
const OTHERS: Validity = { expires: never, yearsMax: 50 };

const EVERYWHERE: Partial<Record<DocumentType, Validity>> = { passport: PASSPORT, driving_licence: LICENCE };

const BY_COUNTRY: Readonly<Partial<Record<Country, Partial<Record<DocumentType, Validity>>>>> = {
  TH: { national_id: THAI_ID },
  SG: { fin: FIN, national_id: FIN, driving_licence: LICENCE_UNTIL_AN_AGE },
  PH: { dti: DTI },
  VN: { national_id: CCCD, cccd: CCCD, driving_licence: LICENCE_UNTIL_AN_AGE },
};

function validityOf({ type, country }: Pick<Document, 'type' | 'country'>): Validity {
  return BY_COUNTRY[country]?.[type] ?? EVERYWHERE[type] ?? OTHERS;
}

/** Whether a document expires one day, as its country issues it. */
function mustExpire(
  document: Pick<Document, 'type' | 'country' | 'number'>,
  bornOn: string | undefined,
  today: string,
): boolean {
  return validityOf(document).expires({ number: document.number, bornOn, today });
}

/** How long what expires is believed when nobody says for how long it is good. */
const BELIEVED_YEARS = 1;

/**
 * The day on which a document expires, as it is kept: what rests on one that expires and does not say when is looked at
 * again after a year, or it would never lapse; at the latest when none that was issued on its day is good any more.
 */
export function expiryOf(document: Document, bornOn: string | undefined, today: string): string | undefined {
  if (document.expires_at !== undefined) return document.expires_at;
  if (!mustExpire(document, bornOn, today)) return undefined;
  const believed = inYears(today, BELIEVED_YEARS);
  if (document.issued_at === undefined) return believed;
  const longest = inYears(document.issued_at, validityOf(document).yearsMax);
  return longest < believed ? longest : believed;
}

/** What is wrong with the day on which a document expires, or with there being none. Days are `2026-11-24`. */
export function expiryFault(document: Document, bornOn: string | undefined, today: string): string | undefined {
  const { expires_at: expires, issued_at: issued } = document;
  if (expires === undefined) {
    return mustExpire(document, bornOn, today) ? 'must be given: such a document expires' : undefined;
  }
  if (expires <= today) return 'must be to come: the document is no longer good';
  if (issued !== undefined && expires <= issued) return 'must be after issued_at';
  const { yearsMax } = validityOf(document);
  if (expires > inYears(today, yearsMax)) return `must be within ${yearsMax} years: none is issued for longer`;
  return undefined;
}

function isAtLeast(years: number, { bornOn, today }: Paper): boolean {
  return bornOn !== undefined && inYears(bornOn, years) <= today;
}

/** Compared as text, so the 29th of February in a year without one is as good as any day. */
function inYears(day: string, years: number): string {
  return `${String(Number(day.slice(0, 4)) + years).padStart(4, '0')}${day.slice(4)}`;
}
