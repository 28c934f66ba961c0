import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { smsParts } from '#shared/sms-parts.ts';
import { inGsm7, smsOf, typographicIn } from './sms.ts';

test.each([
  ['Nguyễn Văn Đức', 'Nguyen Van Duc'],
  ['“Quoted” – it’s… • so', '"Quoted" - it\'s... - so'],
  ['Café ñ ü Ø', 'Café ñ ü Ø'],
  ['Shop 🌸👨‍👩‍👧🇹🇭', 'Shop '],
  ['Rp\u00A01\u202F000', 'Rp 1 000'],
  ['สมชาย', 'สมชาย'],
])('%j is written in GSM-7 as %j', (text, plain) => {
  expect(inGsm7(text)).toBe(plain);
});

test('what a typewriter lacks is found, letters of other languages are not', () => {
  expect(typographicIn('“a” – đ ้ …')).toEqual(['“', '”', '–', '…']);
});

test('a text is sent in two parts at most, whatever it is made of', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 500 }),
      fc.constantFrom('MY', 'TH', undefined),
      (words, country) => {
        const { text, sms } = smsOf(words, country);
        expect(sms.segments).toBeLessThanOrEqual(2);
        expect(sms).toEqual({
          encoding: smsParts(text).encoding === 'GSM-7' ? 'gsm7' : 'ucs2',
          segments: smsParts(text).parts,
        });
        expect(text.startsWith(country === 'MY' ? 'RM0 ' : '')).toBe(true);
      },
    ),
  );
});

test('a text that is too long ends where it was cut', () => {
  expect(smsOf('ก'.repeat(200), 'TH').text).toBe(`${'ก'.repeat(131)}...`);
  expect(smsOf('a'.repeat(400), undefined).text).toBe(`${'a'.repeat(303)}...`);
});
