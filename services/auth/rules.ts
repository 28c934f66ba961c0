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

/**
 * How long an access token lives: an hour, and never longer than its session.
 *
 * @param sessionEndsAt left out where the session has just begun
 */
export function accessLifeS(issuedAt: Date, sessionEndsAt?: Date): number {
  const leftMs = sessionEndsAt === undefined ? ACCESS_TOKEN_LIFE_MS : sessionEndsAt.getTime() - issuedAt.getTime();
  return Math.max(0, Math.floor(Math.min(ACCESS_TOKEN_LIFE_MS, leftMs) / SECOND));
}

const PREFIX_DROPS_DIGITS = 4;

export function numberPrefix(phoneNumber: string): string {
  return phoneNumber.slice(0, -PREFIX_DROPS_DIGITS);
}

/**
 * What tells one device of an account from another: its own id. A client that gives none may be any device: its key says
 * only that the account has been in use, and no login is known by it.
 */
export function deviceKey(deviceId: string | undefined): string {
  return deviceId === undefined ? 'none' : `id:${deviceId}`;
}

/** A session as far as spending its refresh token is concerned; hashes as hexadecimal text. */
export type RefreshState = {
  readonly isLive: boolean;
  readonly liveHash: string;
  readonly spentHash: string | undefined;
  /** The device that spent it; see {@link refreshingDevice}. */
  readonly spentBy: string | undefined;
  readonly spentAgoMs: number | undefined;
  /** The device that the session was opened on; undefined where it has given no id. */
  readonly deviceId: string | undefined;
};

/**
 * What tells the device that refreshes from another: its own id, or for clients that give none what they call themselves.
 * Not its address, which changes as a phone goes from one network to another.
 */
export function refreshingDevice(deviceId: string | undefined, userAgent: string): string {
  return deviceId === undefined ? `agent:${userAgent}` : `id:${deviceId}`;
}

/**
 * What to do about a refresh token that we made ourselves (its tag said so).
 *
 * - `rotate`: it is the live one.
 * - `repeat`: it was spent a moment ago by the same device, whose answer was lost: the same pair again. What it was spent
 *   for has not been spent itself, since the session remembers the last spent one only.
 * - `reuse`: it was spent before, or brought by a device that is not the session's, so someone else has it too: the family
 *   ends.
 * - `refuse`: the family has ended already.
 */
export function judgeRefresh(
  session: RefreshState,
  presented: { readonly hash: string; readonly device: string; readonly deviceId?: string | undefined },
): 'rotate' | 'repeat' | 'reuse' | 'refuse' {
  if (!session.isLive) return 'refuse';
  const { deviceId = session.deviceId } = presented;
  if (session.deviceId !== undefined && deviceId !== session.deviceId) return 'reuse';
  if (presented.hash === session.liveHash) return 'rotate';
  const isLastSpent = presented.hash === session.spentHash && presented.device === session.spentBy;
  const isRecent = session.spentAgoMs !== undefined && session.spentAgoMs <= REFRESH_GRACE_MS;
  return isLastSpent && isRecent ? 'repeat' : 'reuse';
}
