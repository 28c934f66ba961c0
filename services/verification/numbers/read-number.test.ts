import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DocumentType } from '#shared/contracts/verification/document.ts';
import type { Country } from '#shared/regions.ts';
import { isMst, isNpwp, isNric, isThaiNumber, isUen } from './check-digits.ts';
import { formatOf } from './formats.ts';
import { readNumber } from './read-number.ts';

const TODAY = '2026-11-24';
const DIGITS = Array.from('0123456789');

const digits = (length: number) => fc.stringMatching(new RegExp(`^[0-9]{${length}}$`));

test.each<[Country, DocumentType, string]>([
  ['TH', 'national_id', '3100600445636'],
  ['TH', 'national_id', '9100600445635'],
  ['TH', 'national_id', '0994000617721'],
  ['TH', 'national_id', '310060044563'],
  ['TH', 'business_registration', '0994000617722'],
  ['TH', 'nric', 'S1234567D'],
  ['SG', 'national_id', 'S1234567E'],
  ['SG', 'national_id', 'A1234567D'],
  ['SG', 'nric', 'F1234567N'],
  ['SG', 'fin', 'M1234567U'],
  ['SG', 'uen', '197401143D'],
  ['SG', 'business_registration', 'S16FC0121E'],
  ['ID', 'nik', '3171013211450001'],
  ['ID', 'nik', '3171017208450001'],
  ['ID', 'nik', '0971011708450001'],
  ['ID', 'nik', '3171011708450000'],
  ['ID', 'nik', '3171011713450001'],
  ['ID', 'npwp', '013121661091000'],
  ['ID', 'nib', '912030512345'],
  ['MY', 'mykad', '770230-02-1234'],
  ['MY', 'mykad', '770305-00-1234'],
  ['MY', 'ssm', '202701000005'],
  ['MY', 'ssm', '201907000005'],
  ['PH', 'philsys', '123456789012'],
  ['PH', 'tax_id', '12345678'],
  ['VN', 'cccd', '001499012345'],
  ['VN', 'cccd', '0011990123'],
  ['VN', 'mst', '0100233489'],
  ['VN', 'business_registration', '01002334880'],
  ['VN', 'passport', 'ABCDEFG'],
])('%s refuses %s %s', (country, type, number) => {
  expect(readNumber(type, country, number, TODAY)).toEqual({ fault: expect.stringMatching(/^(is not|\w\w has no) /) });
});

test.each<[Country, DocumentType, string, string]>([
  ['TH', 'national_id', '3-1006-00445-63-5', '3100600445635'],
  ['TH', 'business_registration', '0994000617721', '0994000617721'],
  ['TH', 'business_registration', '3100600445635', '3100600445635'],
  ['SG', 'national_id', 's1234567d', 'S1234567D'],
  ['SG', 'nric', 'T1234567J', 'T1234567J'],
  ['SG', 'fin', 'F1234567N', 'F1234567N'],
  ['SG', 'fin', 'G1234567X', 'G1234567X'],
  ['SG', 'fin', 'M1234567K', 'M1234567K'],
  ['SG', 'business_registration', '00192200M', '00192200M'],
  ['SG', 'uen', '197401143C', '197401143C'],
  ['SG', 'uen', 'S16FC0121D', 'S16FC0121D'],
  ['ID', 'nik', '3171011708450001', '3171011708450001'],
  ['ID', 'npwp', '01.312.166.0-091.000', '013121660091000'],
  ['ID', 'npwp', '0013121660091000', '0013121660091000'],
  ['ID', 'npwp', '3171011708450001', '3171011708450001'],
  ['ID', 'nib', '9120305123456', '9120305123456'],
  ['MY', 'mykad', '770305-02-1234', '770305021234'],
  ['MY', 'ssm', '201901000005', '201901000005'],
  ['PH', 'philsys', '1234 5678 9012 3456', '1234567890123456'],
  ['PH', 'tax_id', '123-456-789-000', '123456789000'],
  ['PH', 'business_registration', 'CS201901234', 'CS201901234'],
  ['VN', 'cccd', '001199012345', '001199012345'],
  ['VN', 'mst', '0100233488', '0100233488'],
  ['VN', 'mst', '0314409058-002', '0314409058002'],
  ['VN', 'tax_id', '001199012345', '001199012345'],
  ['VN', 'passport', 'C1234567', 'C1234567'],
])('%s takes %s %s', (country, type, text, number) => {
  expect(readNumber(type, country, text, TODAY)).toEqual({ number });
});

/** Every way to change one digit of a number, its check digit included. */
function slips(number: string): string[] {
  return Array.from(number).flatMap((was, place) =>
    DIGITS.filter((digit) => /\d/.test(was) && digit !== was).map(
      (digit) => number.slice(0, place) + digit + number.slice(place + 1),
    ),
  );
}

describe('a check digit', () => {
  test('of a Thai number is one digit', () => {
    fc.assert(
      fc.property(digits(12), (body) => {
        const good = DIGITS.filter((last) => isThaiNumber(body + last));
        expect(good).toHaveLength(1);
      }),
    );
  });

  // Its third digit weighs eleven, which is nothing, and two of eleven remainders share a digit: one slip in each other
  // place may go unseen.
  test('of a Thai number tells of slips of one digit, as far as its weights let it', () => {
    fc.assert(
      fc.property(digits(12), (body) => {
        const number = body + DIGITS.find((last) => isThaiNumber(body + last))!;
        const unseen = slips(number).filter(isThaiNumber).length;
        expect(unseen).toBeLessThanOrEqual(9 + 11);
      }),
    );
  });

  test('of an NRIC or FIN is one letter, and tells of every slip of one digit', () => {
    fc.assert(
      fc.property(fc.constantFrom('S', 'T', 'F', 'G', 'M'), digits(7), (series, body) => {
        const letters = Array.from('ABCDEFGHIJKLMNPQRTUWXZ').filter((letter) => isNric(series + body + letter));
        expect(letters).toHaveLength(1);
        expect(slips(series + body + letters[0]!).filter(isNric)).toEqual([]);
      }),
    );
  });

  test('of a UEN is one letter', () => {
    const entities = fc.tuple(fc.constantFrom('R', 'S', 'T'), digits(2), fc.constantFrom('LL', 'FC', 'PF'), digits(4));
    const bodies = fc.oneof(
      digits(8),
      digits(9),
      entities.map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(bodies, (body) => {
        const letters = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ').filter((letter) => isUen(body + letter));
        expect(letters).toHaveLength(1);
      }),
    );
  });

  test('of an NPWP is one digit, and tells of every slip of one digit', () => {
    fc.assert(
      fc.property(digits(8), digits(6), (body, rest) => {
        const good = DIGITS.filter((last) => isNpwp(body + last + rest));
        expect(good).toHaveLength(1);
        expect(slips(body + good[0]!).filter((slip) => isNpwp(slip + rest))).toEqual([]);
      }),
    );
  });

  test('of a tax code of Vietnam is one digit, or there is none', () => {
    fc.assert(
      fc.property(digits(9), (body) => {
        const good = DIGITS.filter((last) => isMst(body + last));
        expect(good.length).toBeLessThanOrEqual(1);
        if (good.length === 1) expect(slips(body + good[0]!).filter(isMst)).toEqual([]);
      }),
    );
  });
});

test('no text makes a number of more than it holds, or fails', () => {
  const types: readonly DocumentType[] = ['national_id', 'business_registration', 'tax_id', 'passport'];
  fc.assert(
    fc.property(
      fc.constantFrom<Country>('TH', 'SG', 'ID', 'MY', 'PH', 'VN'),
      fc.constantFrom(...types),
      fc.string({ maxLength: 50, unit: 'grapheme' }),
      (country, type, text) => {
        const read = readNumber(type, country, text, TODAY);
        if ('number' in read) expect(read.number).toMatch(/^[A-Z0-9]{6,16}$/);
      },
    ),
  );
});

test('the day of birth in a NIK and a MyKad is found, in the century in which its bearer can have been born', () => {
  const days: readonly [Country, string, string | undefined][] = [
    ['ID', '3171011708450001', '1945-08-17'],
    ['ID', '3171015708450001', '1945-08-17'],
    ['MY', '050305021234', '2005-03-05'],
    ['MY', '991231021234', '1999-12-31'],
    ['TH', '3100600445635', undefined],
  ];
  for (const [country, number, day] of days) {
    expect([number, formatOf('national_id', country)?.birthDay?.(number, TODAY)]).toEqual([number, day]);
  }
});
