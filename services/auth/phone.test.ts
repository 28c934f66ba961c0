import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '#shared/errors.ts';
import type { Country } from '#shared/regions.ts';
import { countryOf, mobileNumber } from './phone.ts';

/** National mobile numbers by country, without their trunk zero. */
const PLANS: Readonly<Record<Country, { readonly code: string; readonly trunk: string; readonly mobile: RegExp }>> = {
  TH: { code: '66', trunk: '0', mobile: /^[89]\d{8}$/ },
  SG: { code: '65', trunk: '', mobile: /^9[0-8]\d{6}$/ },
  ID: { code: '62', trunk: '0', mobile: /^812\d{7,8}$/ },
  MY: { code: '60', trunk: '0', mobile: /^12[2-9]\d{6}$/ },
  PH: { code: '63', trunk: '0', mobile: /^917\d{7}$/ },
  VN: { code: '84', trunk: '0', mobile: /^9[0-46-8]\d{7}$/ },
};

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
    fc.assert(
      fc.property(fc.stringMatching(mobile), fc.constantFrom(...COUNTRIES), (national, other) => {
        const e164 = `+${code}${national}`;
        for (const text of [
          e164,
          e164.slice(1),
          trunk + national,
          `(+${code}) ${national.slice(0, 3)}-${national.slice(3)}`,
        ]) {
          expect(mobileNumber(text, country)).toBe(e164);
        }
        expect(countryOf(e164)).toBe(country);
        if (other !== country) expect(refusal(e164, other)).toBe('VALIDATION_ERROR');
      }),
    );
  },
);

test.each(COUNTRIES)('whatever digits are given, %s takes them only as a mobile number of its own code', (country) => {
  fc.assert(
    fc.property(fc.stringMatching(/^\+?\d{6,15}$/), (text) => {
      if (refusal(text, country) !== undefined) return;
      const e164 = mobileNumber(text, country);
      expect(e164.startsWith(`+${PLANS[country].code}`)).toBe(true);
      expect(mobileNumber(e164, country)).toBe(e164);
    }),
    { numRuns: 500 },
  );
});
