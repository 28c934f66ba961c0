import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { regionOf, type SessionId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { firstRefreshToken, nextRefreshToken, sessionOfRefreshToken } from './refresh-token.ts';
import { deriveSecrets } from './secrets.ts';

const key = () => randomBytes(32).toString('hex');
const secrets = deriveSecrets({ otpKey: key(), refreshKey: key(), pinKey: key() });
const sessionId = newId<SessionId>('VN');
const token = firstRefreshToken(secrets, sessionId);

test('a token with any byte changed is not ours', () => {
  const bytes = Buffer.from(token, 'base64url');
  for (let place = 0; place < bytes.length; place++) {
    const changed = Buffer.from(bytes);
    changed.writeUInt8(changed.readUInt8(place) ^ 1, place);
    expect(sessionOfRefreshToken(secrets, changed.toString('base64url'))).toBeUndefined();
  }
});

test.each(['', 'x', `${token}A`, token.slice(1), `${token}=`, `${token}\n`])(
  'what is no token of ours is refused: %j',
  (text) => {
    expect(sessionOfRefreshToken(secrets, text)).toBeUndefined();
  },
);

test('a token made with another key is not ours', () => {
  const others = deriveSecrets({ otpKey: key(), refreshKey: key(), pinKey: key() });
  expect(sessionOfRefreshToken(others, token)).toBeUndefined();
});

test('a token tells its session and through it the home region', () => {
  const found = sessionOfRefreshToken(secrets, token)!;
  expect(found).toBe(sessionId);
  expect(regionOf(found)).toBe('VN');
});

test('the successor is always the same, differs from its parent, and belongs to the same session', () => {
  const next = nextRefreshToken(secrets, sessionId, token);
  expect(next).toBe(nextRefreshToken(secrets, sessionId, token));
  expect(next).not.toBe(token);
  expect(sessionOfRefreshToken(secrets, next)).toBe(sessionId);
});

test('two sessions never share a token', () => {
  expect(firstRefreshToken(secrets, sessionId)).not.toBe(token);
});
