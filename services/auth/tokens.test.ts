import { generateKeyPairSync, sign as ed25519 } from 'node:crypto';
import { SignJWT } from 'jose';
import { expect, test } from 'vitest';
import type { SessionId, UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { HOUR, SECOND } from '#shared/time.ts';
import { readSigningKeys } from './signing-keys.ts';
import { makeTokens } from './tokens.ts';

const ISSUER = 'https://api.tchat.example';
const NOW = new Date('2026-11-24T08:00:00.500Z');

const jwk = () => ({
  ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }),
  kid: crypto.randomUUID(),
});
const [current, previous] = [jwk(), jwk()];
const keys = readSigningKeys(JSON.stringify({ keys: [current, previous] }));
const tokens = makeTokens({ keys, issuer: ISSUER, clock: () => NOW });

const grant = {
  userId: newId<UserId>('TH'),
  sessionId: newId<SessionId>('TH'),
  role: 'user',
  country: 'TH',
  tokenId: 'one',
  issuedAt: NOW,
} as const;

const iat = Math.floor(NOW.getTime() / SECOND);
const claims = {
  iss: ISSUER,
  aud: 'tchat',
  sub: grant.userId,
  sid: grant.sessionId,
  jti: 'one',
  role: 'user',
  country: 'TH',
  iat,
  exp: iat + 3600,
};
const header = { alg: 'EdDSA', typ: 'at+jwt', kid: current.kid };

/** A token of any header and claims, signed with our own key. */
function forge(head: object, body: object): string {
  const text = [head, body].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${text}.${ed25519(null, Buffer.from(text), keys.current.key).toString('base64url')}`;
}

function without(name: string): object {
  return Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name));
}

test.each(Object.keys(claims))('a token that we signed without %s is refused', async (name) => {
  await expect(tokens.verifyAccess(forge(header, without(name)))).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
});

test.each<[string, object, object]>([
  ['of another issuer', header, { ...claims, iss: 'https://elsewhere.example' }],
  ['for another audience', header, { ...claims, aud: 'other' }],
  ['for a role that is none', header, { ...claims, role: 'root' }],
  ['for a subject that is no id', header, { ...claims, sub: 'me' }],
  ['of another type', { ...header, typ: 'JWT' }, claims],
  ['of no type', { alg: 'EdDSA', kid: current.kid }, claims],
  ['that proves a PIN', { ...header, typ: 'step-up+jwt' }, claims],
  ['that names no key', { alg: 'EdDSA', typ: 'at+jwt' }, claims],
  ['that names a key that is not ours', { ...header, kid: 'other' }, claims],
  ['with a critical header that we do not know', { ...header, crit: ['b64'], b64: false }, claims],
])('a token %s is refused', async (_what, head, body) => {
  await expect(tokens.verifyAccess(forge(head, body))).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
});

test('a token that brings its own key, or none, or takes the public key for a secret, is refused', async () => {
  const own = generateKeyPairSync('ed25519');
  const embedded = new SignJWT(claims).setProtectedHeader({
    ...header,
    jwk: own.publicKey.export({ format: 'jwk' }),
  });
  const unsigned = `${Buffer.from(JSON.stringify({ ...header, alg: 'none' })).toString('base64url')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`;
  const confused = new SignJWT(claims).setProtectedHeader({ ...header, alg: 'HS256' });
  const forged = [
    await embedded.sign(own.privateKey),
    unsigned,
    await confused.sign(Buffer.from(keys.jwks.keys[0]!.x, 'base64url')),
    '',
    'a.b.c',
  ];
  for (const token of forged) await expect(tokens.verifyAccess(token)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
});

test('a token that was good is expired after an hour, to the second', async () => {
  const token = await tokens.signAccess(grant);
  const at = (ms: number) => makeTokens({ keys, issuer: ISSUER, clock: () => new Date(ms) });
  await expect(at((iat + 3600) * SECOND).verifyAccess(token)).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' });
  await expect(at((iat + 3600) * SECOND - 1).verifyAccess(token)).resolves.toBeDefined();
});

test('a token says who its caller is, and the same grant is always the same token', async () => {
  const token = await tokens.signAccess(grant);
  expect(token).toBe(await tokens.signAccess(grant));
  expect(await tokens.verifyAccess(token)).toEqual({
    userId: grant.userId,
    sessionId: grant.sessionId,
    role: 'user',
    country: 'TH',
    expiresAt: new Date(iat * SECOND + HOUR),
  });
});

test('a token of the key before is still good, and both keys are published without their secrets', async () => {
  const before = readSigningKeys(JSON.stringify({ keys: [previous] }));
  const old = await makeTokens({ keys: before, issuer: ISSUER, clock: () => NOW }).signAccess(grant);
  await expect(tokens.verifyAccess(old)).resolves.toBeDefined();
  expect(keys.jwks.keys).toEqual(
    [current, previous].map(({ x, kid }) => ({ kty: 'OKP', crv: 'Ed25519', x, kid, use: 'sig', alg: 'EdDSA' })),
  );
});

test.each([
  '',
  'null',
  '{}',
  '{"keys":[]}',
  '{"keys":[{"kty":"RSA"}]}',
  '{"keys":[{"kty":"OKP","crv":"Ed25519","x":"secret"}]}',
])('keys that cannot be used are refused without repeating them: %s', (text) => {
  expect(() => readSigningKeys(text)).toThrow(/^TOKEN_SIGNING_KEYS must be a JWK set of Ed25519 private keys$/);
});
