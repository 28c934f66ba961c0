import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { COUNTRIES, type Country, LOCALES, type Locale } from '#shared/regions.ts';
import { smsParts } from '#shared/sms-parts.ts';
import { otpSpoken, otpText, webHostOf } from './otp-text.ts';

const HOST = 'app.tchat.example';
const everyText = LOCALES.flatMap((locale) => COUNTRIES.map((country): [Locale, Country] => [locale, country]));
const codes = fc.stringMatching(/^\d{6}$/);

test.each(everyText)(
  'the text in %s to %s names us, holds no link, fits one part and shows one six-digit number',
  (locale, country) => {
    fc.assert(
      fc.property(codes, (code) => {
        const text = otpText(code, locale, country);
        expect(text.match(/\d{6,}/g)).toEqual([code]);
        expect(text).toContain('Tchat');
        expect(text).not.toMatch(/https?:|www\.|\.com|@|#/i);
        expect(smsParts(text)).toMatchObject({ parts: 1, encoding: locale === 'th' ? 'UCS-2' : 'GSM-7' });
      }),
      { numRuns: 20 },
    );
  },
);

test.each(everyText)(
  'for a browser the text in %s to %s ends in a line that binds the code to the host',
  (locale, country) => {
    fc.assert(
      fc.property(codes, (code) => {
        const text = otpText(code, locale, country, HOST);
        expect(text).toContain('Tchat');
        expect(smsParts(text).parts).toBe(1);
        // The same number twice is still the only one.
        expect(new Set(text.match(/\d{6,}/g))).toEqual(new Set([code]));
        const isBound = text.split('\n').at(-1) === `@${HOST} #${code}`;
        expect(isBound).toBe(country !== 'MY' && country !== 'PH');
      }),
      { numRuns: 20 },
    );
  },
);

test('a line for browsers that would make a second part is left out', () => {
  const long = `${'a'.repeat(60)}.${'b'.repeat(60)}.example`;
  expect(otpText('012345', 'th', 'TH', long)).toBe(otpText('012345', 'th', 'TH'));
  expect(otpText('012345', 'en', 'SG', long)).toBe(otpText('012345', 'en', 'SG'));
});

test('a text to Malaysia says first that it costs nothing', () => {
  expect(otpText('012345', 'ms', 'MY')).toMatch(/^RM0 Tchat: 012345 /);
  expect(otpText('012345', 'ms', 'SG')).toMatch(/^Tchat: 012345 /);
});

test.each(LOCALES)('a call in %s names us, says the code twice, and holds nothing that XML would read', (locale) => {
  const spoken = otpSpoken('012345', locale);
  expect(spoken).toContain('Tchat');
  expect(spoken.match(/\d+/g)).toEqual(['012345', '012345']);
  expect(spoken).not.toMatch(/[<>&]/);
});

test.each([
  ['of somebody else', 'https://evil.example'],
  ['that only begins like ours', 'https://app.tchat.example.evil.example'],
  ['of an insecure page', 'http://app.tchat.example'],
  ['of an address in numbers', 'http://127.0.0.1:4000'],
  ['of an address in numbers of the sixth version', 'https://[::1]'],
  ['that is none', 'null'],
  ['that is absent', undefined],
])('a code is bound to no host for an origin %s', (_what, origin) => {
  const ours = [
    'https://app.tchat.example',
    'http://app.tchat.example',
    'http://127.0.0.1:4000',
    'https://[::1]',
    'null',
  ];
  expect(webHostOf(origin, ours)).toBeUndefined();
});

test('a code is bound to the host of a secure page of ours, without its port', () => {
  const ours = ['https://app.tchat.example:8443', 'http://localhost:4000'];
  expect(webHostOf('https://app.tchat.example:8443', ours)).toBe('app.tchat.example');
  expect(webHostOf('http://localhost:4000', ours)).toBe('localhost');
});
