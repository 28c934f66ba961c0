import type { Log } from '#shared/log.ts';
import type { Databases } from '#shared/sql.ts';
import type { Clock } from '#shared/time.ts';
import { type Authenticate, makeAuthenticate } from './authenticate.ts';
import type { RevocationFeed } from './ports.ts';
import { openRevocations, type Revocations } from './revocations.ts';
import { type JwkSet, readSigningKeys } from './signing-keys.ts';
import { makeTokens, type Tokens } from './tokens.ts';

/** What every process that faces clients needs in order to know who they are. */
export type Identity = {
  readonly authenticate: Authenticate;
  readonly tokens: Tokens;
  readonly revocations: Revocations;
  /** For `/.well-known/jwks.json`. */
  readonly jwks: JwkSet;
  [Symbol.asyncDispose](): Promise<void>;
};

export type IdentityPorts = {
  readonly databases: Databases;
  readonly feed: RevocationFeed;
  readonly log: Log;
  readonly clock: Clock;
  /** The setting TOKEN_SIGNING_KEYS. */
  readonly signingKeys: string;
  /** The setting PUBLIC_URL. */
  readonly issuer: string;
};

/** Reads the keys and begins to follow revocations; resolves after the first reading, whether or not it succeeded. */
export async function openIdentity({
  databases,
  feed,
  log,
  clock,
  signingKeys,
  issuer,
}: IdentityPorts): Promise<Identity> {
  const keys = readSigningKeys(signingKeys);
  const tokens = makeTokens({ keys, issuer, clock });
  const revocations = await openRevocations({ databases, feed, log });
  return {
    authenticate: makeAuthenticate({ tokens, revocations, clock }),
    tokens,
    revocations,
    jwks: keys.jwks,
    [Symbol.asyncDispose]: () => revocations.close(),
  };
}
