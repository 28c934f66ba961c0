import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { AppError } from '#shared/errors.ts';
import { checkOmiseSignature } from './omise-signature.ts';

const SECRET = Buffer.from('a webhook secret').toString('base64');
const NOW = new Date('2026-11-24T10:00:00Z');
const BODY = Buffer.from('{"object":"event"}');

function signed(at: Date, secret = SECRET, body = BODY): Record<string, string> {
  const timestamp = Math.floor(at.getTime() / 1000).toString();
  const signature = createHmac('sha256', Buffer.from(secret, 'base64'))
    .update(`${timestamp}.`)
    .update(body)
    .digest('hex');
  return { 'omise-signature': signature, 'omise-signature-timestamp': timestamp };
}

function check(headers: Record<string, string | undefined>, body = BODY): void {
  checkOmiseSignature(SECRET, headers, body, NOW);
}

const REFUSED = expect.toSatisfy((error) => error instanceof AppError && error.code === 'UNAUTHORIZED');

test('a webhook without headers, or with ones that are no signature, is refused', () => {
  const good = signed(NOW);
  for (const headers of [
    {},
    { 'omise-signature': good['omise-signature'] },
    { 'omise-signature-timestamp': good['omise-signature-timestamp'] },
    { ...good, 'omise-signature': '' },
    { ...good, 'omise-signature': 'zz' },
    { ...good, 'omise-signature-timestamp': '-1' },
    { ...good, 'omise-signature-timestamp': 'now' },
  ]) {
    expect(() => check(headers)).toThrow(REFUSED);
  }
});

test('a webhook under another secret, or of another body or time, is refused', () => {
  expect(() => check(signed(NOW, Buffer.from('another').toString('base64')))).toThrow(REFUSED);
  expect(() => check(signed(NOW), Buffer.from('{"object":"event" }'))).toThrow(REFUSED);
  const later = (Math.floor(NOW.getTime() / 1000) + 1).toString();
  expect(() => check({ ...signed(NOW), 'omise-signature-timestamp': later })).toThrow(REFUSED);
});

test('a webhook older than five minutes, or from further ahead, is refused', () => {
  expect(() => check(signed(new Date(NOW.getTime() - 301_000)))).toThrow(REFUSED);
  expect(() => check(signed(new Date(NOW.getTime() + 301_000)))).toThrow(REFUSED);
  expect(() => check(signed(new Date(NOW.getTime() - 299_000)))).not.toThrow();
});

test('while the secret is rotated one good signature of two is enough', () => {
  const old = signed(NOW, Buffer.from('the old secret').toString('base64'))['omise-signature'];
  const good = signed(NOW);
  expect(() => check({ ...good, 'omise-signature': `${old},${good['omise-signature']}` })).not.toThrow();
});
