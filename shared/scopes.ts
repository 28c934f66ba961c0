import type { Role } from './caller.ts';
import type { Call } from './http/call.ts';

/**
 * What an access token is good for (RFC 8693 `scope`): everything of a domain, or only its reads. `second-factor` is all
 * that someone has who still owes the second proof that their role asks for.
 */
export type Scope = Call['tag'] | `${Call['tag']}:read` | 'second-factor';

const PEOPLE: readonly Scope[] = ['auth', 'messaging', 'payments', 'commerce', 'notifications'];

/** Staff who audit read what ops may read, and look after their own login. */
const SCOPES: Readonly<Record<Role, readonly Scope[]>> = {
  user: PEOPLE,
  merchant: PEOPLE,
  ops: [...PEOPLE, 'ops', 'second-factor'],
  auditor: ['auth', 'ops:read', 'second-factor'],
};

const NEEDS_SECOND_FACTOR: ReadonlySet<Role> = new Set(['ops', 'auditor']);

/** Whether this role logs in with more than a code by SMS. */
export function needsSecondFactor(role: Role): boolean {
  return NEEDS_SECOND_FACTOR.has(role);
}

/** What a token of this role is good for. */
export function scopesOf(role: Role, owesSecondFactor = false): readonly Scope[] {
  return owesSecondFactor && needsSecondFactor(role) ? ['second-factor'] : SCOPES[role];
}

/** Whether a token with these scopes is good for showing a second factor, and for nothing else. */
export function owesSecondFactor(scopes: readonly string[]): boolean {
  return scopes.length === 1 && scopes[0] === 'second-factor';
}

/** What a call needs, unless it says so itself: its domain, or the reads of it. */
export function scopeNeeded({ tag, method, scope }: Pick<Call, 'tag' | 'method' | 'scope'>): Scope | 'any' {
  return scope ?? (method === 'GET' ? `${tag}:read` : tag);
}

/** Whether a token with these scopes may do what needs that one. A domain's scope covers its reads. */
export function grants(scopes: readonly string[], needed: Scope | 'any'): boolean {
  return needed === 'any' || scopes.includes(needed) || scopes.includes(needed.replace(/:read$/, ''));
}
