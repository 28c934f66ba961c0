import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { COUNTRIES, type Country, LOCALES, type Locale } from '#shared/regions.ts';
import { otpText } from './otp-text.ts';

/** The basic set of GSM 03.38, without its few Greek letters. */
const GSM7 = /^[@£$¥èéùìòÇ\nØø\rÅåÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà]*$/;
const GSM7_PART = 160;
const UCS2_PART = 70;

const everyText = LOCALES.flatMap((locale) => COUNTRIES.map((country): [Locale, Country] => [locale, country]));

test.each(everyText)(
  'the text in %s to %s names us, holds no link, fits one part and shows one six-digit number',
  (locale, country) => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{6}$/), (code) => {
        const text = otpText(code, locale, country);
        expect(text.match(/\d{6,}/g)).toEqual([code]);
        expect(text).toContain('Tchat');
        expect(text).not.toMatch(/https?:|www\.|\.com|@|#/i);
        expect(text.length).toBeLessThanOrEqual(GSM7.test(text) ? GSM7_PART : UCS2_PART);
        expect(GSM7.test(text)).toBe(locale !== 'th');
      }),
      { numRuns: 20 },
    );
  },
);

test('a text to Malaysia says first that it costs nothing', () => {
  expect(otpText('012345', 'ms', 'MY')).toMatch(/^RM0 Tchat: 012345 /);
  expect(otpText('012345', 'ms', 'SG')).toMatch(/^Tchat: 012345 /);
});
