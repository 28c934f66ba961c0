import type { SessionId, UserId } from './ids.ts';
import type { Country } from './regions.ts';

export const ROLES = ['user', 'merchant', 'ops', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

/** Who makes a call, as the access token and the session say. */
export type Caller = {
  readonly userId: UserId;
  readonly sessionId: SessionId;
  readonly role: Role;
  /** The home region, where the caller's personal data lives. */
  readonly country: Country;
  /** When the access token ends; a socket that was opened with it is cut then. */
  readonly expiresAt: Date;
};
