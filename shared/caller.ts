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
  /** The key that signed the token; absent where no token was read. */
  readonly keyId?: string;
  /** What the token is good for; absent where no token was read, and then it is all that the role may do. */
  readonly scopes?: readonly string[];
  /** Until when money moves under lowered limits: the device is new, or the number has changed. Absent: it does not. */
  readonly limitedUntil?: Date;
};
