import { AppError } from '#shared/errors.ts';
import { happened, type Outbox } from '#shared/events/event.ts';
import { OtpRequested } from '#shared/events/auth.ts';
import type { ChallengeId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import type { Country } from '#shared/regions.ts';
import type { Databases } from '#shared/sql.ts';
import { SECOND } from '#shared/time.ts';
import { codeDigest, codeHash, newCode, sealCode } from './otp-code.ts';
import * as challenges from './otp-store.ts';
import { webHostOf } from './otp-text.ts';
import { mobileNumber } from './phone.ts';
import type { Budgets, Spend } from './ports.ts';
import { localeFor, networkOf, numberPrefix, OTP_BUDGETS, OTP_LIFE_MS, OTP_RESEND_AFTER_MS } from './rules.ts';
import type { Secrets } from './secrets.ts';

export type SendOtp = {
  readonly phoneNumber: string;
  readonly country: Country;
  /** BCP 47. */
  readonly localeTag: string;
  readonly ip: string;
  /** Of the page that asks, as its browser says. */
  readonly origin?: string | undefined;
};

export type OtpSent = { readonly expiresInS: number; readonly retryAfterS: number };

export type SendOtpPorts = {
  readonly databases: Databases;
  readonly outbox: Outbox;
  readonly budgets: Budgets;
  readonly secrets: Secrets;
  /** Multiplies every budget: 1, or more for load tests. */
  readonly budgetFactor: number;
  /** The setting ALLOWED_ORIGINS: pages of ours, which codes may be bound to. */
  readonly webOrigins: readonly string[];
};

/**
 * Makes a new code for a number and asks for its delivery; the code before it is dead. Nothing here knows whether the
 * number has an account, so neither answer nor timing tells.
 *
 * @throws {AppError} VALIDATION_ERROR when the number is no mobile of the country, RATE_LIMIT_EXCEEDED over a budget
 */
export async function sendOtp(ports: SendOtpPorts, { phoneNumber, country, localeTag, ip, origin }: SendOtp): Promise<OtpSent> {
  const phone = mobileNumber(phoneNumber, country);
  const allowance = await ports.budgets.spend(spends(ports.budgetFactor, phone, ip));
  if (!allowance.allowed) throw new AppError('RATE_LIMIT_EXCEEDED', { retryAfterS: allowance.retryAfterS });

  const webHost = webHostOf(origin, ports.webOrigins);
  const id = newId<ChallengeId>(country);
  const code = newCode();
  const fresh: challenges.NewChallenge = {
    id,
    phoneNumber: phone,
    country,
    locale: localeFor(localeTag, country),
    codeHash: codeHash(codeDigest(ports.secrets, phone, code), id),
    sealedCode: sealCode(ports.secrets, id, code),
  };
  await ports.databases.of(country).transaction(async (tx) => {
    const expiresAt = await challenges.challenge(tx, fresh);
    const requested = { challenge_id: id, country, expires_at: expiresAt.toISOString(), web_host: webHost };
    await ports.outbox.append(tx, { events: [happened(OtpRequested, id, requested)] });
  });
  return { expiresInS: OTP_LIFE_MS / SECOND, retryAfterS: OTP_RESEND_AFTER_MS / SECOND };
}

function spends(budgetFactor: number, phone: string, ip: string): Spend[] {
  const spend = (budget: Omit<Spend, 'key'>, key: string): Spend => ({
    ...budget,
    key,
    limit: budget.limit * budgetFactor,
  });
  return [
    spend(OTP_BUDGETS.resend, phone),
    spend(OTP_BUDGETS.phone, phone),
    spend(OTP_BUDGETS.prefix, numberPrefix(phone)),
    spend(OTP_BUDGETS.address, networkOf(ip)),
  ];
}
