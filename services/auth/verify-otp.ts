import type { Platform } from '#shared/contracts/auth/otp.ts';
import type { User } from '#shared/contracts/auth/user.ts';
import { AppError } from '#shared/errors.ts';
import type { Outbox } from '#shared/events/event.ts';
import { makeGathers } from '#shared/gather.ts';
import type { SessionId, UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { COUNTRY_FACTS, type Country } from '#shared/regions.ts';
import type { Databases } from '#shared/sql.ts';
import type { Clock } from '#shared/time.ts';
import { type Attempt, judgeGuesses, type Verdict } from './login-store.ts';
import { deviceOf, tokensFor } from './new-login.ts';
import { codeDigest } from './otp-code.ts';
import type { OtpMetrics } from './otp-guards.ts';
import { mobileNumber } from './phone.ts';
import { firstRefreshToken, refreshHash } from './refresh-token.ts';
import type { Revocations } from './revocations.ts';
import { numberPrefix } from './rules.ts';
import type { Secrets } from './secrets.ts';
import { settled } from './settle-login.ts';
import type { Tokens } from './tokens.ts';

export type VerifyOtp = {
  readonly phoneNumber: string;
  readonly country: Country;
  readonly code: string;
  readonly device: {
    readonly id: string | undefined;
    readonly platform: Platform | undefined;
    readonly appVersion: string | undefined;
  };
  readonly ip: string;
  readonly userAgent: string;
  /** Of an account that nobody has used for long; not looked at for another. */
  readonly pin?: string | undefined;
  /** Leaves such an account to its owner, and opens a new one. */
  readonly startsAnew?: boolean | undefined;
};

export type TokenPair = {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** How long the access token lives. */
  readonly expiresInS: number;
};

export type VerifyOtpPorts = {
  readonly databases: Databases;
  readonly outbox: Outbox;
  readonly secrets: Secrets;
  readonly tokens: Pick<Tokens, 'signAccess'>;
  readonly revocations: Pick<Revocations, 'announce'>;
  readonly otpMetrics: OtpMetrics;
  readonly clock: Clock;
  /** The setting ACCOUNT_IDLE_AFTER. */
  readonly accountIdleAfterMs: number;
};

/**
 * Logs in with a code. The first login of a number makes its account, with what its country is used to and the language
 * that the code was asked for in. A login of an account that was deleted a while ago brings it back.
 *
 * Operators give numbers that are not used to other people. A code alone therefore opens no account that nobody has used
 * for long, unless the account knows the device: its PIN does, and whoever has none starts anew.
 *
 * @throws {AppError} UNAUTHORIZED for a wrong, spent or expired code, and in the same words for an account that may not
 *   log in; ACCOUNT_IDLE, and as {@link settled} for the PIN that is given then; VALIDATION_ERROR when the number is no
 *   mobile of the country; RETRY_LATER when too many wait
 */
export function makeVerifyOtp(ports: VerifyOtpPorts): (login: VerifyOtp) => Promise<TokenPair & { user: User }> {
  const { databases, secrets, revocations, otpMetrics, accountIdleAfterMs: idleMs } = ports;
  const judge = makeGathers<Attempt, Verdict>(databases, (database, batch) =>
    judgeGuesses(database, batch, { idleMs }),
  );

  return async (login) => {
    const { country } = login;
    const phone = mobileNumber(login.phoneNumber, country);
    const sessionId = newId<SessionId>(country);
    const refreshToken = firstRefreshToken(secrets, sessionId);
    const attempt: Attempt = {
      phoneNumber: phone,
      prefix: numberPrefix(phone),
      country,
      codeDigest: codeDigest(secrets, phone, login.code),
      newAccount: { id: newId<UserId>(country), timezone: COUNTRY_FACTS[country].timezone },
      session: { id: sessionId, refreshHash: refreshHash(refreshToken) },
      device: deviceOf(login),
    };
    const judged = await judge(country, attempt);
    const verdict = await settled(ports, attempt, judged, login);
    otpMetrics.judged(country, verdict.outcome);
    if (verdict.outcome !== 'ok')
      throw new AppError('UNAUTHORIZED', { message: 'The code is wrong or no longer good' });

    revocations.announce(verdict.endedSessions);
    return await tokensFor(ports, { ...verdict, sessionId, refreshToken });
  };
}
