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

/** A key pair: base64url of its two halves, and the name that tokens call it by. */
export type KeyPair = { readonly kid: string; readonly x: string; readonly d: string };

/** The keys that sign and verify tokens, at any one moment. */
export type SigningKeys = {
  /** The key that signs now. @throws {AppError} UPSTREAM_UNAVAILABLE while none is known */
  signer(): Promise<{ readonly kid: string; readonly key: KeyObject }>;
  /**
   * The key that a token names, or undefined: a token brings no key of its own.
   *
   * @throws {AppError} RETRY_LATER while nobody can know
   */
  publicKey(kid: string): Promise<KeyObject | undefined>;
  /** Whether a key is good now, as far as is known: false for one that was taken away. */
  isGood(kid: string): boolean;
  /** How often a key has been taken away: what was verified before the last time may be good no more. */
  withdrawals(): number;
  /** What `/.well-known/jwks.json` publishes: every key that signs, has signed lately, or will soon. */
  jwks(): JwkSet;
};

/**
 * Reads the setting TOKEN_SIGNING_KEYS.
 *
 * @throws when it is no JWK set of Ed25519 private keys; the message holds nothing of it
 */
export function readKeyPairs(text: string): readonly [KeyPair, ...KeyPair[]] {
  const parsed = PrivateJwkSet.safeParse(jsonOf(text));
  if (!parsed.success) throw new Error('TOKEN_SIGNING_KEYS must be a JWK set of Ed25519 private keys');
  const [first, ...others] = parsed.data.keys.map(({ kid, x, d }) => ({ kid: kid ?? thumbprint(x), x, d }));
  return [first!, ...others];
}

/** The keys of the setting, of which the first signs, as long as nothing rotates them. */
export function readSigningKeys(text: string): SigningKeys {
  const pairs = readKeyPairs(text);
  const byKid = new Map(pairs.map(({ kid, x }) => [kid, publicKeyOf(x)]));
  const signer = { kid: pairs[0].kid, key: privateKeyOf(pairs[0]) };
  return {
    signer: async () => signer,
    publicKey: async (kid) => byKid.get(kid),
    isGood: (kid) => byKid.has(kid),
    withdrawals: () => 0,
    jwks: () => jwkSetOf(pairs),
  };
}

export function jwkSetOf(keys: readonly { readonly kid: string; readonly x: string }[]): JwkSet {
  return { keys: keys.map(({ kid, x }) => ({ kty: 'OKP', crv: 'Ed25519', x, kid, use: 'sig', alg: 'EdDSA' })) };
}

export function publicKeyOf(x: string): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}

/** @throws when the halves do not belong together */
export function privateKeyOf({ x, d }: Pick<KeyPair, 'x' | 'd'>): KeyObject {
  const key = createPrivateKey({ key: { kty: 'OKP', crv: 'Ed25519', x, d }, format: 'jwk' });
  if (createPublicKey(key).export({ format: 'jwk' }).x !== x) throw new Error('a signing key is not whole');
  return key;
}

/** RFC 7638: the digest of the required members in their order. */
export function thumbprint(x: string): string {
  return createHash('sha256')
    .update(JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }))
    .digest('base64url');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
