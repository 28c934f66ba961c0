import type { Caller } from '#shared/caller.ts';
import type { Session } from '#shared/contracts/auth/sessions.ts';
import type { User } from '#shared/contracts/auth/user.ts';
import type { Outbox } from '#shared/events/event.ts';
import type { SessionId, UserId } from '#shared/ids.ts';
import type { Databases } from '#shared/sql.ts';
import type { Clock } from '#shared/time.ts';
import { blockUser, blockersOf, reportUser, unblockUser } from './blocks.ts';
import type { Identity } from './identity.ts';
import { listSessions } from './list-sessions.ts';
import type { OtpDelivery } from './otp-delivery.ts';
import type { OtpMetrics, OtpPolicy } from './otp-guards.ts';
import { lookUpUsers } from './look-up-users.ts';
import { findPeople, type Person } from './people.ts';
import { type SetPin, setPin, type StepUp, stepUp } from './pin.ts';
import { changePhone } from './phone-change/change-phone.ts';
import type { Budgets, Contacts, Funds } from './ports.ts';
import { readProfile, type UpdateProfile, updateProfile } from './profile.ts';
import { refreshSession, type RefreshSession } from './refresh-session.ts';
import { resetPin, type ResetPin } from './reset-pin.ts';
import { logOut, revokeOtherSessions, revokeSession } from './revoke-session.ts';
import { makeSecondFactor, type SecondFactorService } from './second-factor/service.ts';
import type { Secrets } from './secrets.ts';
import { makeSendOtp, type OtpSent, type SendOtp } from './send-otp.ts';
import type { AccountRow } from './store.ts';
import { makeVerifyOtp, type TokenPair, type VerifyOtp } from './verify-otp.ts';

export type AuthPorts = {
  readonly databases: Databases;
  readonly outbox: Outbox;
  readonly budgets: Budgets;
  readonly contacts: Contacts;
  readonly funds: Funds;
  readonly identity: Pick<Identity, 'tokens' | 'revocations'>;
  readonly delivery: Pick<OtpDelivery, 'report'>;
  readonly secrets: Secrets;
  readonly clock: Clock;
  /** The setting ACCOUNT_IDLE_AFTER. */
  readonly accountIdleAfterMs: number;
  /** Multiplies the budgets of reports: 1, or 1,000 where RATE_LIMITS is relaxed. */
  readonly budgetFactor: number;
  readonly otpPolicy: OtpPolicy;
  readonly otpMetrics: OtpMetrics;
  /** The setting ALLOWED_ORIGINS. */
  readonly webOrigins: readonly string[];
};

/** Who people are, and how they prove it. Each verb is documented where it is written. */
export type AuthService = {
  sendOtp(request: SendOtp): Promise<OtpSent>;
  verifyOtp(login: VerifyOtp): Promise<TokenPair & { user: User }>;
  refreshSession(request: RefreshSession): Promise<TokenPair>;
  logOut(caller: Caller): Promise<void>;
  listSessions(caller: Caller): Promise<Session[]>;
  revokeSession(caller: Caller, sessionId: SessionId, stepUpToken?: string): Promise<void>;
  /** Returns how many there were. */
  revokeOtherSessions(caller: Caller, stepUpToken?: string): Promise<number>;
  readonly secondFactor: SecondFactorService;
  readProfile(caller: Caller): Promise<User>;
  updateProfile(caller: Caller, change: UpdateProfile): Promise<User>;
  changePhone(caller: Caller, login: VerifyOtp, stepUpToken: string | undefined): Promise<TokenPair & { user: User }>;
  setPin(caller: Caller, request: SetPin): Promise<void>;
  resetPin(caller: Caller, request: ResetPin): Promise<TokenPair & { user: User }>;
  stepUp(caller: Caller, pin: string): Promise<StepUp>;
  /** For calls of other domains that move money: @throws {AppError} STEP_UP_REQUIRED */
  verifyStepUp(token: string | undefined, caller: Caller): Promise<void>;
  /** Without those who have blocked the caller. */
  lookUpUsers(caller: Caller, phoneNumbers: readonly string[]): Promise<AccountRow[]>;
  blockUser(caller: Caller, other: UserId, reason?: string): Promise<void>;
  unblockUser(caller: Caller, other: UserId): Promise<void>;
  reportUser(caller: Caller, other: UserId, reason: string): Promise<void>;
  /** For other domains. */
  blockersOf(userId: UserId, others: readonly UserId[]): Promise<UserId[]>;
  /** For other domains. */
  findPeople(ids: readonly UserId[]): Promise<Person[]>;
  reportSmsDelivery: OtpDelivery['report'];
};

export function makeAuth({ identity, delivery, ...ports }: AuthPorts): AuthService {
  const { databases } = ports;
  const all = { ...ports, tokens: identity.tokens, revocations: identity.revocations };
  return {
    sendOtp: makeSendOtp(all),
    verifyOtp: makeVerifyOtp(all),
    refreshSession: (request) => refreshSession(all, request),
    logOut: (caller) => logOut(all, caller),
    listSessions: (caller) => listSessions(databases, caller),
    revokeSession: (caller, sessionId, stepUpToken) => revokeSession(all, caller, sessionId, stepUpToken),
    revokeOtherSessions: (caller, stepUpToken) => revokeOtherSessions(all, caller, stepUpToken),
    secondFactor: makeSecondFactor(all),
    readProfile: (caller) => readProfile(databases, caller),
    updateProfile: (caller, change) => updateProfile(all, caller, change),
    changePhone: (caller, login, stepUpToken) => changePhone(all, caller, login, stepUpToken),
    setPin: (caller, request) => setPin(all, caller, request),
    resetPin: (caller, request) => resetPin(all, caller, request),
    stepUp: (caller, pin) => stepUp(all, caller, pin),
    verifyStepUp: (token, caller) => identity.tokens.verifyStepUp(token, caller),
    lookUpUsers: (caller, phoneNumbers) => lookUpUsers(all, caller, phoneNumbers),
    blockUser: (caller, other, reason) => blockUser(all, caller, other, reason),
    unblockUser: (caller, other) => unblockUser(all, caller, other),
    reportUser: (caller, other, reason) => reportUser(all, caller, other, reason),
    blockersOf: (userId, others) => blockersOf(databases, userId, others),
    findPeople: (ids) => findPeople(databases, ids),
    reportSmsDelivery: (provider, request) => delivery.report(provider, request),
  };
}
