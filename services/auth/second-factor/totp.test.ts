import { expect, test } from 'vitest';
import { base32, newTotpSecret, otpauthUri, stepOf, stepOfCode, totpAt } from './totp.ts';

const RFC_SECRET = Buffer.from('12345678901234567890');

test.each([
  [59, '94287082'],
  [1_111_111_109, '07081804'],
  [1_111_111_111, '14050471'],
  [1_234_567_890, '89005924'],
  [2_000_000_000, '69279037'],
  [20_000_000_000, '65353130'],
])('the code at %i seconds is that of RFC 6238, appendix B', (seconds, code) => {
  expect(totpAt(RFC_SECRET, stepOf(new Date(seconds * 1000)), 8)).toBe(code);
});

test('a code of two steps ago, of two steps from now, or of another secret is of no step', () => {
  const at = new Date('2026-11-24T08:00:00Z');
  const now = stepOf(at);
  const secret = newTotpSecret();
  for (const step of [now - 2, now + 2]) expect(stepOfCode(secret, totpAt(secret, step), at)).toBeUndefined();
  expect(stepOfCode(secret, totpAt(RFC_SECRET, now), at)).toBeUndefined();
  for (const step of [now - 1, now, now + 1]) expect(stepOfCode(secret, totpAt(secret, step), at)).toBe(step);
});

test('secrets are 160 bits, written as authenticators read them', () => {
  expect(newTotpSecret()).toHaveLength(20);
  // RFC 4648 section 10, without the padding.
  expect(['f', 'fo', 'foo', 'foob', 'fooba', 'foobar'].map((text) => base32(Buffer.from(text)))).toEqual([
    'MY',
    'MZXQ',
    'MZXW6',
    'MZXW6YQ',
    'MZXW6YTB',
    'MZXW6YTBOI',
  ]);
  expect(otpauthUri(RFC_SECRET, 'Tchat', '…5678')).toBe(
    'otpauth://totp/Tchat:%E2%80%A65678?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Tchat&algorithm=SHA1&digits=6&period=30',
  );
});
