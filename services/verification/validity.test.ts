import { describe, expect, test } from 'vitest';
import type { Document } from '#shared/contracts/verification/document.ts';
import { expiryFault, expiryOf } from './validity.ts';

const TODAY = '2026-11-24';
const BORN = '1990-05-17';

type Paper = Omit<Document, 'issued_at' | 'expires_at'>;
const passport: Paper = { type: 'passport', country: 'TH', number: 'C1234567' };
const licence: Paper = { type: 'driving_licence', country: 'MY', number: '1234567' };
const fin: Paper = { type: 'fin', country: 'SG', number: 'F1234567N' };
const finAsId: Paper = { type: 'national_id', country: 'SG', number: 'G1234567X' };
const cccd: Paper = { type: 'cccd', country: 'VN', number: '001090123456' };
const vietnameseId: Paper = { ...cccd, type: 'national_id' };
const dti: Paper = { type: 'dti', country: 'PH', number: '1234567' };

const faultOf = (paper: Paper, days: Partial<Document> = {}, bornOn: string | undefined = BORN) =>
  expiryFault({ ...paper, ...days }, bornOn, TODAY);

describe('a day of expiry is refused', () => {
  test.each([passport, licence, fin, finAsId, cccd, vietnameseId, dti])('where $type $country has none', (paper) => {
    expect(faultOf(paper)).toContain('must be given');
  });

  test.each([
    ['on the day itself', { expires_at: TODAY }, 'must be to come'],
    ['when it is over', { expires_at: '2026-11-23' }, 'must be to come'],
    [
      'when it is before the document was issued',
      { issued_at: '2026-12-30', expires_at: '2026-12-29' },
      'after issued_at',
    ],
    ['when none is issued for so long', { expires_at: '2037-11-25' }, 'within 11 years'],
    ['when it stands for ever', { expires_at: '9999-12-31' }, 'within 11 years'],
  ])('%s', (_, days, says) => {
    expect(faultOf(passport, days)).toContain(says);
  });

  test.each([
    [{ type: 'national_id', country: 'TH', number: '3100600445635' } as const, '2036-11-25'],
    [cccd, '2051-11-25'],
    [dti, '2032-11-25'],
    [{ type: 'nib', country: 'ID', number: '1234567890123' } as const, '2076-11-25'],
  ])('of %o after %s', (paper, day) => {
    expect(faultOf(paper, { expires_at: day })).toContain('must be within');
  });
});

describe('a day of expiry is taken', () => {
  test.each([
    [passport, '2026-11-25'],
    [passport, '2037-11-24'],
    [{ ...licence, country: 'SG' } as const, '2060-01-01'],
    [cccd, '2030-05-17'],
  ])('of %o on %s', (paper, day) => {
    expect(faultOf(paper, { expires_at: day })).toBeUndefined();
  });

  test.each<Paper>([
    { type: 'national_id', country: 'TH', number: '3100600445635' },
    { type: 'nric', country: 'SG', number: 'S1234567D' },
    { type: 'national_id', country: 'SG', number: 'S1234567D' },
    { type: 'nik', country: 'ID', number: '3171011708450001' },
    { type: 'mykad', country: 'MY', number: '770305021234' },
    { type: 'philsys', country: 'PH', number: '1234567890123456' },
    { type: 'proof_of_address', country: 'TH', number: 'bill 42' },
    { type: 'business_registration', country: 'TH', number: '0994000617721' },
  ])('to be none of a document that is good for life, or says nothing: $type $country', (paper) => {
    expect(faultOf(paper)).toBeUndefined();
  });

  test('to be none of a Vietnamese id from two years before sixty on, when the card is for life', () => {
    expect(faultOf(cccd, {}, '1968-11-24')).toBeUndefined();
    expect(faultOf(cccd, {}, '1968-11-25')).toContain('must be given');
    expect(expiryFault({ ...cccd }, undefined, TODAY)).toContain('must be given');
  });
});

test('what expires and does not say when is believed for a year, and what is good for life for ever', () => {
  const passport = { type: 'passport', country: 'TH', number: 'C1234567' } as const;
  expect(expiryOf({ ...passport }, undefined, TODAY)).toBe('2027-11-24');
  expect(expiryOf({ ...passport, expires_at: '2030-01-01' }, undefined, TODAY)).toBe('2030-01-01');
  const old = { ...passport, issued_at: '2005-01-01' };
  expect(expiryOf(old, undefined, TODAY)).toBe('2016-01-01');
  expect(expiryFault({ ...old, expires_at: '2016-01-01' }, undefined, TODAY)).toContain('must be to come');
  expect(expiryOf({ type: 'nik', country: 'ID', number: '3171011708450001' }, undefined, TODAY)).toBeUndefined();
});
