import type { DocumentType } from '#shared/contracts/verification/document.ts';
import type { Country } from '#shared/regions.ts';
import { isMst, isNpwp, isNric, isThaiNumber, isUen } from './check-digits.ts';
import { birthDayInMyKad, birthDayInNik } from './dates-inside.ts';

/** How a country writes one kind of number. */
export type Format = {
  /** What it is called, for people who have it wrong. */
  readonly says: string;
  readonly form: RegExp;
  /** Its check digit, or what else can be seen in it. */
  readonly check?: (number: string, today: string) => boolean;
  /** The bearer's day of birth, where the number tells it. */
  readonly birthDay?: (number: string, today: string) => string | undefined;
};

const THAI_PERSON: Format = {
  says: 'a Thai national id of 13 digits',
  form: /^[1-8]\d{12}$/,
  check: isThaiNumber,
};
/** A shop of one person is registered under that person's number. */
const THAI_BUSINESS: Format = {
  says: 'a Thai registration number of 13 digits',
  form: /^[0-8]\d{12}$/,
  check: isThaiNumber,
};
const NRIC: Format = { says: 'an NRIC such as S1234567D', form: /^[ST]\d{7}[A-Z]$/, check: isNric };
const FIN: Format = { says: 'a FIN such as F1234567N', form: /^[FGM]\d{7}[A-Z]$/, check: isNric };
const NRIC_OR_FIN: Format = { says: 'an NRIC or FIN', form: /^[STFGM]\d{7}[A-Z]$/, check: isNric };
const UEN: Format = {
  says: 'a UEN such as 197401143C',
  form: /^(\d{8}[A-Z]|(19|20)\d{7}[A-Z]|[RST]\d{2}[A-Z]{2}\d{4}[A-Z])$/,
  check: isUen,
};
const NIK: Format = {
  says: 'a NIK of 16 digits',
  form: /^[1-9]\d{11}(?!0000)\d{4}$/,
  check: (number, today) => Number(number.slice(0, 2)) >= 11 && birthDayInNik(number, today) !== undefined,
  birthDay: birthDayInNik,
};
/** Since 2024-07-01 a person's is the NIK, and an older one has a zero before it. */
const NPWP: Format = {
  says: 'an NPWP of 15 or 16 digits',
  form: /^\d{15,16}$/,
  check: (number, today) => {
    if (number.length === 15) return isNpwp(number);
    return number.startsWith('0') ? isNpwp(number.slice(1)) : NIK.form.test(number) && NIK.check!(number, today);
  },
};
const MYKAD: Format = {
  says: 'a MyKad number such as 770305-02-1234',
  form: /^\d{6}(?!00)\d{6}$/,
  check: (number, today) => birthDayInMyKad(number, today) !== undefined,
  birthDay: birthDayInMyKad,
};
const SSM: Format = {
  says: 'an SSM number of 12 digits such as 201901000005',
  form: /^\d{4}0[1-6]\d{6}$/,
  check: (number, today) => number.slice(0, 4) >= '1900' && number.slice(0, 4) <= today.slice(0, 4),
};
/** The card's number. The PhilSys number itself, of 12 digits, must not be kept by anyone. */
const PHILSYS: Format = { says: 'the 16-digit PCN of the card, never the 12-digit PSN', form: /^\d{16}$/ };
const TIN: Format = { says: 'a TIN of 9 digits, with a branch of 3 to 5', form: /^\d{9}(\d{3,5})?$/ };
const SEC: Format = { says: 'an SEC registration number', form: /^[A-Z]{0,4}\d{5,14}$/ };
const DTI: Format = { says: 'a DTI business name number', form: /^\d{5,16}$/ };
/** Birthplace, century and sex, two digits of the year, six at random. */
const CCCD: Format = { says: 'a personal id of 12 digits', form: /^0\d{2}[0-3]\d{8}$/ };
const MST: Format = { says: 'a tax code of 10 digits, with a branch of 3', form: /^\d{10}(\d{3})?$/, check: isMst };
/** Since 2025-07-01 a person's is the personal id. */
const MST_OR_CCCD: Format = {
  says: 'a tax code of 10 or 13 digits, or a personal id of 12',
  form: /^\d{10}(\d{2,3})?$/,
  check: (number) => (number.length === 12 ? CCCD.form.test(number) : isMst(number)),
};

const PASSPORT: Format = { says: 'a passport number of 6 to 9 letters and digits', form: /^(?=.*\d)[A-Z0-9]{6,9}$/ };
const LICENCE: Format = { says: 'a licence number of 5 to 20 letters and digits', form: /^(?=.*\d)[A-Z0-9]{5,20}$/ };
const ANYTHING: Format = { says: 'a number, reference or date on the paper', form: /^[\p{L}\p{N}]{1,50}$/u };

const EVERYWHERE: Partial<Record<DocumentType, Format>> = {
  passport: PASSPORT,
  driving_licence: LICENCE,
  proof_of_address: ANYTHING,
};

const BY_COUNTRY: Readonly<Record<Country, Partial<Record<DocumentType, Format>>>> = {
  TH: {
    national_id: THAI_PERSON,
    tax_id: THAI_BUSINESS,
    business_registration: THAI_BUSINESS,
    juristic_id: THAI_BUSINESS,
  },
  SG: { national_id: NRIC_OR_FIN, nric: NRIC, fin: FIN, tax_id: NRIC_OR_FIN, business_registration: UEN, uen: UEN },
  ID: {
    national_id: NIK,
    nik: NIK,
    tax_id: NPWP,
    npwp: NPWP,
    // Thirteen digits; how its last is made is not published.
    business_registration: { says: 'a NIB of 13 digits', form: /^\d{13}$/ },
    nib: { says: 'a NIB of 13 digits', form: /^\d{13}$/ },
  },
  MY: {
    national_id: MYKAD,
    mykad: MYKAD,
    // Letters for the kind of taxpayer, then digits; nothing more is published.
    tax_id: { says: 'a tax number such as IG12345678901', form: /^[A-Z]{1,2}\d{8,12}$/ },
    business_registration: SSM,
    ssm: SSM,
  },
  PH: {
    national_id: PHILSYS,
    philsys: PHILSYS,
    tax_id: TIN,
    business_registration: { says: 'an SEC or DTI number', form: /^[A-Z]{0,4}\d{5,16}$/ },
    sec: SEC,
    dti: DTI,
  },
  VN: { national_id: CCCD, cccd: CCCD, tax_id: MST_OR_CCCD, business_registration: MST, mst: MST },
};

/** How the country writes the number of such a document; undefined where it has none. */
export function formatOf(type: DocumentType, country: Country): Format | undefined {
  return BY_COUNTRY[country][type] ?? EVERYWHERE[type];
}
