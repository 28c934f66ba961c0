import { DAY, HOUR, MINUTE, SECOND } from '#shared/time.ts';

/** Life of a code. ASVS 5.0 section 6.5 allows ten minutes. */
export const OTP_LIFE_MS = 5 * MINUTE;
/** Guesses of one code, however many come at once. */
export const OTP_GUESSES_MAX = 5;
/** From one code to the next for the same number. */
export const OTP_RESEND_AFTER_MS = MINUTE;

export const SESSIONS_MAX = 5;
/** From login to the end of its refresh tokens, however often they are rotated. */
export const SESSION_LIFE_MS = 30 * DAY;
export const ACCESS_TOKEN_LIFE_MS = HOUR;
/** How long the device that spent a refresh token may ask again for an answer that it lost. */
const REFRESH_GRACE_MS = 10 * SECOND;

export const PIN_TRIES_MAX = 5;
export const PIN_LOCK_MS = HOUR;
export const STEP_UP_LIFE_MS = 5 * MINUTE;

/** What a new code may cost, whoever it is for: the phone's, its neighbours', and the address's budget. */
export const OTP_BUDGETS = {
  resend: { bucket: 'otp.resend', limit: 1, windowMs: OTP_RESEND_AFTER_MS },
  phone: { bucket: 'otp.phone', limit: 3, windowMs: 10 * MINUTE },
  address: { bucket: 'otp.address', limit: 10, windowMs: HOUR },
  /** Numbers that differ in their last four digits only: a range bought to pump traffic draws on one budget. */
  prefix: { bucket: 'otp.prefix', limit: 20, windowMs: HOUR },
} as const;

const PREFIX_DROPS_DIGITS = 4;

export function numberPrefix(phoneNumber: string): string {
  return phoneNumber.slice(0, -PREFIX_DROPS_DIGITS);
}

/** What tells one device of an account from another: its own id, or for clients that give none, what they call themselves. */
export function deviceKey(deviceId: string | undefined, userAgent: string): string {
  return deviceId === undefined ? `agent:${userAgent}` : `id:${deviceId}`;
}

/** A session as far as spending its refresh token is concerned; hashes as hexadecimal text. */
export type RefreshState = {
  readonly isLive: boolean;
  readonly liveHash: string;
  readonly spentHash: string | undefined;
  readonly spentBy: string | undefined;
  readonly spentAgoMs: number | undefined;
};

/**
 * What to do about a refresh token that we made ourselves (its tag said so).
 *
 * - `rotate`: it is the live one.
 * - `repeat`: it was spent a moment ago by the same device, whose answer was lost: the same pair again.
 * - `reuse`: it was spent before, so someone else has it too: the family ends.
 * - `refuse`: the family has ended already.
 */
export function judgeRefresh(
  session: RefreshState,
  presented: { readonly hash: string; readonly device: string },
): 'rotate' | 'repeat' | 'reuse' | 'refuse' {
  if (!session.isLive) return 'refuse';
  if (presented.hash === session.liveHash) return 'rotate';
  const isLastSpent = presented.hash === session.spentHash && presented.device === session.spentBy;
  const isRecent = session.spentAgoMs !== undefined && session.spentAgoMs <= REFRESH_GRACE_MS;
  return isLastSpent && isRecent ? 'repeat' : 'reuse';
}
