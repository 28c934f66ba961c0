import type { KeyManagement } from '#shared/key-management.ts';
import type { Log } from '#shared/log.ts';
import type { Databases } from '#shared/sql.ts';
import type { Clock } from '#shared/time.ts';
import { type Activity, openActivity } from './activity.ts';
import { type Authenticate, makeAuthenticate } from './authenticate.ts';
import { openKeyRing } from './key-ring.ts';
import type { RevocationFeed } from './ports.ts';
import { openRevocations, type Revocations } from './revocations.ts';
import type { JwkSet } from './signing-keys.ts';
import { makePinMarks } from './step-up-mark.ts';
import { makeTokens, type Tokens } from './tokens.ts';

/** What every process that faces clients needs in order to know who they are. */
export type Identity = {
  readonly authenticate: Authenticate;
  readonly tokens: Tokens;
  readonly revocations: Revocations;
  /** Which sessions are in use; `authenticate` notes them. */
  readonly activity: Pick<Activity, 'write'>;
  /** For `/.well-known/jwks.json`, as it is now. */
  readonly jwks: () => JwkSet;
  /** Whether the key that has signed someone's token was not taken away since. */
  readonly isKeyGood: (keyId: string) => boolean;
  [Symbol.asyncDispose](): Promise<void>;
};

export type IdentityPorts = {
  readonly databases: Databases;
  readonly feed: RevocationFeed;
  readonly keyManagement: KeyManagement;
  readonly log: Log;
  readonly clock: Clock;
  /** The setting TOKEN_SIGNING_KEYS: what a new cluster begins to sign with. */
  readonly signingKeys: string;
  /** The setting PUBLIC_URL. */
  readonly issuer: string;
};

/**
 * Begins to follow signing keys and revocations; resolves after the first reading of each, whether or not it succeeded.
 */
export async function openIdentity({
  databases,
  feed,
  keyManagement,
  log,
  clock,
  signingKeys,
  issuer,
}: IdentityPorts): Promise<Identity> {
  const core = databases.of('core');
  const [keys, revocations] = await Promise.all([
    openKeyRing({ core, wrapping: keyManagement, firstKeys: signingKeys, log }),
    openRevocations({ databases, feed, log }),
  ]);
  const tokens = makeTokens({ keys, issuer, clock, pins: makePinMarks(databases) });
  const activity = openActivity({ databases, log });
  const authenticate = makeAuthenticate({ tokens, revocations, clock, keys });
  return {
    authenticate: async (token) => {
      const caller = await authenticate(token);
      activity.note(caller);
      return caller;
    },
    tokens,
    revocations,
    activity,
    jwks: () => keys.jwks(),
    isKeyGood: (keyId) => keys.isGood(keyId),
    [Symbol.asyncDispose]: async () => void (await Promise.all([keys.close(), revocations.close(), activity.close()])),
  };
}
