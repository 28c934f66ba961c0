import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';

const base64url32 = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

/** An Ed25519 private key as a JWK (RFC 8037). */
const PrivateJwk = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: base64url32,
  d: base64url32,
  kid: z.string().min(1).max(64).optional(),
});

const PrivateJwkSet = z.object({ keys: z.array(PrivateJwk).min(1).max(8) });

type PublicJwk = {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
  readonly kid: string;
  readonly use: 'sig';
  readonly alg: 'EdDSA';
};

export type JwkSet = { readonly keys: readonly PublicJwk[] };

export type SigningKeys = {
  /** The key that signs. */
  readonly current: { readonly kid: string; readonly key: KeyObject };
  /** The key that a token names, or undefined: a token brings no key of its own. */
  publicKey(kid: string | undefined): KeyObject | undefined;
  /** What `/.well-known/jwks.json` publishes: every key, so that one can be published ahead and retired after. */
  readonly jwks: JwkSet;
};

/**
 * Reads the setting TOKEN_SIGNING_KEYS.
 *
 * @throws when it is no JWK set of Ed25519 private keys; the message holds nothing of it
 */
export function readSigningKeys(text: string): SigningKeys {
  const parsed = PrivateJwkSet.safeParse(jsonOf(text));
  if (!parsed.success) throw new Error('TOKEN_SIGNING_KEYS must be a JWK set of Ed25519 private keys');
  const [first, ...others] = parsed.data.keys.map((jwk) => {
    const kid = jwk.kid ?? thumbprint(jwk.x);
    const published: PublicJwk = { kty: jwk.kty, crv: jwk.crv, x: jwk.x, kid, use: 'sig', alg: 'EdDSA' };
    const secret = createPrivateKey({ key: { kty: jwk.kty, crv: jwk.crv, x: jwk.x, d: jwk.d }, format: 'jwk' });
    return { kid, secret, open: createPublicKey(secret), published };
  });
  const keys = [first!, ...others];
  const byKid = new Map(keys.map(({ kid, open }) => [kid, open]));
  return {
    current: { kid: keys[0]!.kid, key: keys[0]!.secret },
    publicKey: (kid) => (kid === undefined ? undefined : byKid.get(kid)),
    jwks: { keys: keys.map(({ published }) => published) },
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** RFC 7638: the digest of the required members in their order. */
function thumbprint(x: string): string {
  return createHash('sha256')
    .update(JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }))
    .digest('base64url');
}
