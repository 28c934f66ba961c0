import * as fc from 'fast-check';
import { Metadata } from 'libphonenumber-js/max';
import { expect, test } from 'vitest';
import { AppError } from '#shared/errors.ts';
import type { Country } from '#shared/regions.ts';
import { countryOf, mobileNumber } from './phone.ts';

type Plan = {
  readonly code: string;
  readonly trunk: string;
  /** What the metadata takes for mobile numbers, and what people may hold of them. */
  readonly mobile: RegExp;
  /** Every number that a person could hold, more than are assigned. */
  readonly bounds: RegExp;
};

/** National numbers by country, without their trunk zero; what `bounds` says is written down apart from the code. */
const PLANS: Readonly<Record<Country, Plan>> = {
  TH: { code: '66', trunk: '0', mobile: mobileOf('TH', '[689]'), bounds: /^\+66[689]\d{8}$/ },
  SG: { code: '65', trunk: '', mobile: mobileOf('SG', '[89]'), bounds: /^\+65[89]\d{7}$/ },
  ID: { code: '62', trunk: '0', mobile: mobileOf('ID', '8'), bounds: /^\+628\d{8,11}$/ },
  MY: { code: '60', trunk: '0', mobile: mobileOf('MY', '1'), bounds: /^\+601(?:1\d{8}|[59]\d{7,8}|[02-46-8]\d{7})$/ },
  PH: { code: '63', trunk: '0', mobile: mobileOf('PH', '[89]'), bounds: /^\+63(?:9\d{9}|8(?:13|17|9[5-8])\d{7})$/ },
  VN: { code: '84', trunk: '0', mobile: mobileOf('VN', '[35789]'), bounds: /^\+84[35789]\d{8}$/ },
};

/** Lines that get no texts. */
const OTHER_LINES = ['FIXED_LINE', 'PREMIUM_RATE', 'TOLL_FREE', 'SHARED_COST', 'VOIP', 'UAN', 'PAGER', 'VOICEMAIL'];

/** The numbering plan of a country as the metadata has it, which its typings do not tell of. */
function planOf(country: Country) {
  const metadata = new Metadata();
  metadata.selectNumberingPlan(country);
  const { numberingPlan } = metadata as unknown as {
    numberingPlan: { type(name: string): { pattern(): string } | undefined };
  };
  return numberingPlan;
}

function mobileOf(country: Country, first: string): RegExp {
  return new RegExp(`^(?=${first})(?:${planOf(country).type('MOBILE')!.pattern()})$`);
}

function numbersOf(pattern: string): fc.Arbitrary<string> {
  return fc.stringMatching(new RegExp(`^(?:${pattern})$`));
}

const COUNTRIES = Object.keys(PLANS) as Country[];

function refusal(text: string, country: Country): string | undefined {
  try {
    mobileNumber(text, country);
    return undefined;
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
}

test.each<[string, string, Country]>([
  ['a fixed line', '+6621234567', 'TH'],
  ['an unassigned range', '+66712345678', 'TH'],
  ['a fixed line', '+6561234567', 'SG'],
  ['a VoIP line', '+6531234567', 'SG'],
  ['a fixed line', '+622123456789', 'ID'],
  ['too few digits', '+6281234567', 'ID'],
  ['too few digits after 011', '+60112345678', 'MY'],
  ['an unassigned range', '+601012345678', 'MY'],
  ['a fixed line', '+63281234567', 'PH'],
  ['an unassigned range', '+639001234567', 'PH'],
  ['a retired eleven-digit number', '+841212345678', 'VN'],
  ['an unassigned range', '+84412345678', 'VN'],
  ['a number of another country', '+6281234567890', 'TH'],
  ['a number outside our countries', '+14155550123', 'TH'],
  ['digits that are no number', '123456', 'SG'],
])('%s is refused: %s', (_why, text, country) => {
  expect(refusal(text, country)).toBe('VALIDATION_ERROR');
});

test.each<[string, Country, string]>([
  ['081 234 5678', 'TH', '+66812345678'],
  ['66812345678', 'TH', '+66812345678'],
  ['+66 81-234-5678', 'TH', '+66812345678'],
  ['8123 4567', 'SG', '+6581234567'],
  ['0812-3456-7890', 'ID', '+6281234567890'],
  ['+62812345678', 'ID', '+62812345678'],
  ['+601123456789', 'MY', '+601123456789'],
  ['0917 123 4567', 'PH', '+639171234567'],
  ['0912 345 678', 'VN', '+84912345678'],
])('%s in %s is %s', (text, country, e164) => {
  expect(mobileNumber(text, country)).toBe(e164);
});

test.each(COUNTRIES)(
  'a mobile number of %s is the same however it is written, and no other country takes it',
  (country) => {
    const { code, trunk, mobile } = PLANS[country];
    const nationals = numbersOf(planOf(country).type('MOBILE')!.pattern()).filter((text) => mobile.test(text));
    fc.assert(
      fc.property(nationals, fc.constantFrom(...COUNTRIES), (national, other) => {
        const e164 = `+${code}${national}`;
        for (const text of [
          e164,
          trunk + national,
          `(+${code}) ${national.slice(0, 3)}-${national.slice(3)}`,
          `${trunk}${national.slice(0, 2)} ${national.slice(2)}`,
        ]) {
          expect(mobileNumber(text, country)).toBe(e164);
        }
        expect(countryOf(e164)).toBe(country);
        if (other !== country) expect(refusal(e164, other)).toBe('VALIDATION_ERROR');
      }),
    );
  },
);

const OTHER_PATTERNS = COUNTRIES.flatMap((country) =>
  OTHER_LINES.flatMap((type) => {
    const pattern = planOf(country).type(type)?.pattern();
    return pattern === undefined ? [] : [[type, country, pattern] as const];
  }),
);

test.each(OTHER_PATTERNS)('a line of type %s in %s gets no code', (_type, country, pattern) => {
  fc.assert(
    fc.property(numbersOf(pattern), (national) => {
      expect(refusal(`+${PLANS[country].code}${national}`, country)).toBe('VALIDATION_ERROR');
    }),
  );
});

test.each<[string, Country]>([
  ['+66141234567', 'TH'],
  ['+84140123456', 'VN'],
  ['+84121012345', 'VN'],
])('%s of %s is the number of a machine, which reads no texts', (text, country) => {
  expect(refusal(text, country)).toBe('VALIDATION_ERROR');
});

test.each(COUNTRIES)('whatever digits are given, %s takes them only within its plan', (country) => {
  const { code, trunk, bounds } = PLANS[country];
  const national = fc.stringMatching(/^[1-9]\d{6,11}$/);
  const written = fc.oneof(
    fc.stringMatching(/^\+?\d{6,15}$/),
    national.map((digits) => `+${code}${digits}`),
    national.map((digits) => trunk + digits),
  );
  fc.assert(
    fc.property(written, (text) => {
      if (refusal(text, country) !== undefined) return;
      const e164 = mobileNumber(text, country);
      expect(e164).toMatch(bounds);
      expect(mobileNumber(e164, country)).toBe(e164);
    }),
    { numRuns: 1_000 },
  );
});
