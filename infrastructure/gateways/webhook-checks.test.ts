import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { AppError } from '#shared/errors.ts';
import { neverSent } from './never-sent.ts';
import { checkStripeSignature } from './stripe-signature.ts';
import { checkCallbackToken } from './xendit-token.ts';

const SECRET = 'whsec_of_an_endpoint';
const NOW = new Date('2026-11-24T10:00:00Z');
const BODY = Buffer.from('{"object":"event"}');
const REFUSED = expect.toSatisfy((error) => error instanceof AppError && error.code === 'UNAUTHORIZED');

function signed(at: Date, secret = SECRET, body = BODY): string {
  const timestamp = Math.floor(at.getTime() / 1000);
  return `t=${timestamp},v1=${createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex')}`;
}

test('a webhook of Stripe without a signature, under another secret, or of another body is refused', () => {
  const good = signed(NOW);
  for (const header of [
    '',
    't=',
    'v1=00',
    good.replace('v1=', 'v0='),
    `t=1,${good.split(',')[1]}`,
    signed(NOW, 'whsec_other'),
  ]) {
    expect(() => checkStripeSignature(SECRET, header, BODY, NOW)).toThrow(REFUSED);
  }
  expect(() => checkStripeSignature(SECRET, good, Buffer.from('{"object":"event" }'), NOW)).toThrow(REFUSED);
  expect(() => checkStripeSignature(SECRET, good, BODY, NOW)).not.toThrow();
});

test('a webhook of Stripe that is older than five minutes, or from further ahead, is refused', () => {
  for (const offMs of [-301_000, 301_000]) {
    expect(() => checkStripeSignature(SECRET, signed(new Date(NOW.getTime() + offMs)), BODY, NOW)).toThrow(REFUSED);
  }
  expect(() => checkStripeSignature(SECRET, signed(new Date(NOW.getTime() - 299_000)), BODY, NOW)).not.toThrow();
});

test('while the secret is rotated one good signature of two is enough', () => {
  const [, old] = signed(NOW, 'whsec_old').split(',');
  expect(() => checkStripeSignature(SECRET, `${signed(NOW)},${old}`, BODY, NOW)).not.toThrow();
});

test('the token of Xendit is compared whole', () => {
  for (const given of ['', 'a toke', 'a token and more', 'A TOKEN']) {
    expect(() => checkCallbackToken('a token', given)).toThrow(REFUSED);
  }
  expect(() => checkCallbackToken('a token', 'a token')).not.toThrow();
});

test('only a failure to connect says that nothing was sent', () => {
  const because = (code: string) => new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });
  for (const code of ['ECONNREFUSED', 'ENOTFOUND', 'UND_ERR_CONNECT_TIMEOUT'])
    expect(neverSent(because(code))).toBe(code);
  for (const code of ['ECONNRESET', 'UND_ERR_SOCKET', 'ETIMEDOUT', 'UND_ERR_HEADERS_TIMEOUT']) {
    expect(neverSent(because(code))).toBeUndefined();
  }
  expect(neverSent(new DOMException('timed out', 'TimeoutError'))).toBeUndefined();
  expect(neverSent(undefined)).toBeUndefined();
});
