import type { Platform } from '#shared/contracts/auth/otp.ts';
import type { User } from '#shared/contracts/auth/user.ts';
import { AppError } from '#shared/errors.ts';
import type { Outbox } from '#shared/events/event.ts';
import type { SessionId, UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { COUNTRY_FACTS, type Country } from '#shared/regions.ts';
import type { Database, Databases } from '#shared/sql.ts';
import type { Clock } from '#shared/time.ts';
import { bringBackSuspended, tellRestored } from './account-life/restored.ts';
import { makeGather } from './gather.ts';
import { type Attempt, judgeCodes, type Verdict } from './login-store.ts';
import { deviceOf, tokensFor } from './new-login.ts';
import { codeDigest } from './otp-code.ts';
import type { OtpMetrics } from './otp-guards.ts';
import { mobileNumber } from './phone.ts';
import { firstRefreshToken, refreshHash } from './refresh-token.ts';
import type { Revocations } from './revocations.ts';
import { numberPrefix } from './rules.ts';
import type { Secrets } from './secrets.ts';
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
};

export type TokenPair = { readonly accessToken: string; readonly refreshToken: string };

export type VerifyOtpPorts = {
  readonly databases: Databases;
  readonly outbox: Outbox;
  readonly secrets: Secrets;
  readonly tokens: Pick<Tokens, 'signAccess'>;
  readonly revocations: Pick<Revocations, 'announce'>;
  readonly otpMetrics: OtpMetrics;
  readonly clock: Clock;
};

/** Guesses judged in one statement, and how many may wait for it: about a second's worth. */
const BATCH_MAX = 64;
const WAITING_MAX = 2_000;

/**
 * Logs in with a code. The first login of a number makes its account, with what its country is used to and the language
 * that the code was asked for in. A login of an account that was deleted a while ago brings it back.
 *
 * @throws {AppError} UNAUTHORIZED for a wrong, spent or expired code, and in the same words for an account that may not
 *   log in; VALIDATION_ERROR when the number is no mobile of the country; RETRY_LATER when too many wait
 */
export function makeVerifyOtp(ports: VerifyOtpPorts): (login: VerifyOtp) => Promise<TokenPair & { user: User }> {
  const { databases, secrets, revocations, otpMetrics } = ports;
  const lanes = new Map(
    databases.all.map((database) => {
      const run = (batch: readonly Attempt[]) => judgeCodes(database, batch, false);
      return [database, makeGather<Attempt, Verdict>({ waitingMax: WAITING_MAX, batchMax: BATCH_MAX, run })];
    }),
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
    const database = databases.of(country);
    const judged = await lanes.get(database)!(attempt);
    const verdict = judged.outcome === 'restorable' ? await restore(ports.outbox, database, attempt) : judged;
    if (verdict.outcome === 'restorable') throw new Error('an account that may come back was not brought back');
    otpMetrics.judged(country, verdict.outcome);
    if (verdict.outcome !== 'ok')
      throw new AppError('UNAUTHORIZED', { message: 'The code is wrong or no longer good' });

    revocations.announce(verdict.endedSessions);
    return await tokensFor(ports, { ...verdict, sessionId, refreshToken });
  };
}

/** Judges a guess once more, alone: a right one brings its account back, and calls off what was to become of it. */
async function restore(outbox: Outbox, database: Database, attempt: Attempt): Promise<Verdict> {
  return await database.transaction(async (tx) => {
    const suspended = await bringBackSuspended(outbox, tx, attempt);
    if (suspended !== 'absent') return { outcome: suspended };
    const [verdict] = await judgeCodes(tx, [attempt], true);
    if (verdict?.outcome === 'ok' && verdict.isRestored) await tellRestored(outbox, tx, verdict.account);
    return verdict!;
  });
}
