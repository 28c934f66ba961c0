import { hash } from 'node:crypto';
import type { Caller } from '#shared/caller.ts';
import { AppError } from '#shared/errors.ts';
import type { Clock } from '#shared/time.ts';
import type { Revocations } from './revocations.ts';
import type { SigningKeys } from './signing-keys.ts';
import type { Tokens } from './tokens.ts';

/** Tokens whose signature was found good, by digest: about 20 MB when full. */
const KNOWN_MAX = 50_000;

/**
 * Who a token speaks for.
 *
 * @throws {AppError} UNAUTHORIZED, TOKEN_EXPIRED, SESSION_REVOKED, or RETRY_LATER while nobody can know whether the
 *   session lives
 */
export type Authenticate = (token: string) => Promise<Caller>;

/**
 * Checks tokens without asking a database: the signature once per token and again when a key was taken away, its end and
 * its session at every use.
 */
export function makeAuthenticate(ports: {
  readonly tokens: Pick<Tokens, 'verifyAccess'>;
  readonly revocations: Pick<Revocations, 'check'>;
  readonly clock: Clock;
  readonly keys: Pick<SigningKeys, 'withdrawals'>;
}): Authenticate {
  /** In order of last use, so that the first is the one to drop. */
  const known = new Map<string, Caller>();
  let withdrawals = ports.keys.withdrawals();

  async function callerOf(token: string): Promise<Caller> {
    if (withdrawals !== ports.keys.withdrawals()) {
      known.clear();
      withdrawals = ports.keys.withdrawals();
    }
    const before = withdrawals;
    const digest = hash('sha256', token, 'base64url');
    const caller = known.get(digest) ?? (await ports.tokens.verifyAccess(token));
    known.delete(digest);
    if (caller.expiresAt <= ports.clock()) throw new AppError('TOKEN_EXPIRED');
    // A key that was taken away meanwhile may be the one that this token was found good by.
    if (before === ports.keys.withdrawals()) known.set(digest, caller);
    if (known.size > KNOWN_MAX) known.delete(known.keys().next().value!);
    return caller;
  }

  return async (token) => {
    const caller = await callerOf(token);
    ports.revocations.check(caller.sessionId, caller.country);
    return caller;
  };
}
