import type { Caller } from '#shared/caller.ts';
import { AppError } from '#shared/errors.ts';
import type { Call } from '#shared/http/call.ts';
import { grants, owesSecondFactor, scopeNeeded, scopesOf } from '#shared/scopes.ts';
import type { Authenticate } from '../ports.ts';

/** RFC 6750 section 2.1. Access tokens are a few hundred characters; longer ones are not looked at. */
const BEARER = /^Bearer +([A-Za-z0-9._~+/-]{1,4096}=*) *$/i;

/**
 * Who makes the call, or undefined when everyone may make it and nobody says who they are.
 *
 * @throws {AppError} UNAUTHORIZED without a valid token, SECOND_FACTOR_REQUIRED where that is still owed, FORBIDDEN for a
 *   role that may not make this call
 */
export async function authorize(
  call: Pick<Call, 'access' | 'tag' | 'method' | 'scope'>,
  header: string | undefined,
  authenticate: Authenticate,
): Promise<Caller | undefined> {
  if (call.access === 'public' || (call.access === 'optional' && header === undefined)) return undefined;
  const token = header === undefined ? undefined : BEARER.exec(header)?.[1];
  if (token === undefined) throw new AppError('UNAUTHORIZED');
  const caller = await authenticate(token);
  if (typeof call.access !== 'string' && !call.access.includes(caller.role)) throw new AppError('FORBIDDEN');
  const scopes = caller.scopes ?? scopesOf(caller.role);
  if (grants(scopes, scopeNeeded(call))) return caller;
  if (owesSecondFactor(scopes)) throw new AppError('SECOND_FACTOR_REQUIRED');
  // What one may do without a token, one may do with any.
  if (call.access !== 'optional') throw new AppError('FORBIDDEN');
  return caller;
}
