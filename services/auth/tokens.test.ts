import { createPublicKey, generateKeyPairSync, sign as ed25519 } from 'node:crypto';
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
const { key: privateKey } = await keys.signer();
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
  scope: 'auth messaging payments commerce notifications',
  country: 'TH',
  iat,
  nbf: iat,
  exp: iat + 3600,
};
const header = { alg: 'EdDSA', typ: 'at+jwt', kid: current.kid };

/** A token of any header and claims, signed with our own key. */
function forge(head: object, body: object): string {
  const text = [head, body].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${text}.${ed25519(null, Buffer.from(text), privateKey).toString('base64url')}`;
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
  ['that brings a key of its own, though ours signed it', { ...header, jwk: { kty: 'OKP' } }, claims],
  ['that says where its key is', { ...header, jku: 'https://elsewhere.example/jwks.json' }, claims],
  ['that says where its certificate is', { ...header, x5u: 'https://elsewhere.example/chain.pem' }, claims],
  ['that brings certificates', { ...header, x5c: ['MIIB'] }, claims],
  ['that says it is of another algorithm', { ...header, alg: 'ES256' }, claims],
  ['that says it has none', { ...header, alg: 'none' }, claims],
  ['from more than thirty seconds ahead', header, { ...claims, iat: iat + 32, nbf: iat + 32, exp: iat + 3632 }],
  ['that begins more than thirty seconds from now', header, { ...claims, nbf: iat + 32 }],
  ['with a scope that is no text', header, { ...claims, scope: ['auth'] }],
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
  const { x } = keys.jwks().keys[0]!;
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  // The public key is known to all; as the secret of an HMAC it must open nothing, in none of its spellings.
  const spellings = [
    Buffer.from(x, 'base64url'),
    Buffer.from(x),
    publicKey.export({ format: 'der', type: 'spki' }),
    Buffer.from(publicKey.export({ format: 'pem', type: 'spki' })),
  ];
  const confused = (secret: Buffer) => new SignJWT(claims).setProtectedHeader({ ...header, alg: 'HS256' }).sign(secret);
  const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const forged = [
    await embedded.sign(own.privateKey),
    unsigned,
    ...(await Promise.all(spellings.map(confused))),
    await new SignJWT(claims).setProtectedHeader({ ...header, alg: 'ES256' }).sign(elliptic.privateKey),
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
    keyId: expect.any(String) as string,
    userId: grant.userId,
    sessionId: grant.sessionId,
    role: 'user',
    country: 'TH',
    expiresAt: new Date(iat * SECOND + HOUR),
    scopes: ['auth', 'messaging', 'payments', 'commerce', 'notifications'],
  });
});

test('a token that we signed for longer than an hour is good for an hour', async () => {
  const long = forge(header, { ...claims, iat: iat - 3_700, nbf: iat - 3_700 });
  await expect(tokens.verifyAccess(long)).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' });
});

test('a process whose clock is thirty seconds behind takes what another has just signed', async () => {
  const token = await tokens.signAccess(grant);
  const behind = makeTokens({ keys, issuer: ISSUER, clock: () => new Date((iat - 30) * SECOND) });
  await expect(behind.verifyAccess(token)).resolves.toBeDefined();
});

test('a token says until when limits are lowered, and that a second factor is owed', async () => {
  const limitedUntil = new Date('2026-11-25T08:00:00Z');
  const token = await tokens.signAccess({ ...grant, role: 'ops', owesSecondFactor: true, limitedUntil });
  expect(await tokens.verifyAccess(token)).toMatchObject({ role: 'ops', scopes: ['second-factor'], limitedUntil });
});

test('a token of the key before is still good, and both keys are published without their secrets', async () => {
  const before = readSigningKeys(JSON.stringify({ keys: [previous] }));
  const old = await makeTokens({ keys: before, issuer: ISSUER, clock: () => NOW }).signAccess(grant);
  await expect(tokens.verifyAccess(old)).resolves.toBeDefined();
  expect(keys.jwks().keys).toEqual(
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
