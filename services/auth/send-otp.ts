import { AppError, invalid } from '#shared/errors.ts';
import { makeGathers } from '#shared/gather.ts';
import type { ChallengeId } from '#shared/ids.ts';
import { localeFor } from '#shared/locale-for.ts';
import { newId } from '#shared/new-id.ts';
import { networkOf } from '#shared/network-of.ts';
import type { Country } from '#shared/regions.ts';
import type { Databases } from '#shared/sql.ts';
import { SECOND } from '#shared/time.ts';
import { codeDigest, codeHash, newCode, sealCode } from './otp-code.ts';
import { guardRules, type OtpMetrics, type OtpPolicy } from './otp-guards.ts';
import { askForCodes, type Asked, type Asking } from './otp-store.ts';
import { webHostOf } from './otp-text.ts';
import { mobileNumber } from './phone.ts';
import type { Budgets, Spend } from './ports.ts';
import { numberPrefix, OTP_BUDGETS, OTP_LIFE_MS, OTP_RESEND_AFTER_MS } from './rules.ts';
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
  readonly budgets: Budgets;
  readonly secrets: Secrets;
  readonly otpPolicy: OtpPolicy;
  readonly otpMetrics: OtpMetrics;
  /** The setting ALLOWED_ORIGINS: pages of ours, which codes may be bound to. */
  readonly webOrigins: readonly string[];
};

/**
 * Makes a new code for a number and asks for its delivery; the code before it is dead. Nothing here knows whether the
 * number has an account, so neither answer nor timing tells.
 *
 * Budgets are drawn on twice. Redis is the gate: it turns floods away without asking Postgres, and while it is away
 * nothing is sent. Postgres has the last word in the statement that writes the code, so that a Redis that has forgotten
 * everything lets nobody have more.
 *
 * @throws {AppError} VALIDATION_ERROR when the number is no mobile of the country, or codes are not sent there;
 *   RATE_LIMIT_EXCEEDED over a budget; RETRY_LATER when too many wait
 */
export function makeSendOtp(ports: SendOtpPorts): (request: SendOtp) => Promise<OtpSent> {
  const { databases, budgets, secrets, otpPolicy, otpMetrics, webOrigins } = ports;
  const rules = guardRules(otpPolicy);
  const ask = makeGathers<Asking, Asked>(databases, (database, batch) => askForCodes(database, batch, rules));

  return async ({ phoneNumber, country, localeTag, ip, origin }) => {
    const phone = mobileNumber(phoneNumber, country);
    if (!otpPolicy.countries.has(country)) throw invalid('country_code', 'is not a country that codes are sent to');
    const prefix = numberPrefix(phone);
    const network = networkOf(ip);
    const gate = await budgets.spend(spends(otpPolicy.factor, { phone, prefix, network }));
    if (!gate.allowed) {
      otpMetrics.refused(country, 'gate');
      throw new AppError('RATE_LIMIT_EXCEEDED', { retryAfterS: gate.retryAfterS });
    }

    const id = newId<ChallengeId>(country);
    const code = newCode();
    const price = otpPolicy.textPrices[country];
    const asked = await ask(country, {
      id,
      phoneNumber: phone,
      prefix,
      network,
      country,
      locale: localeFor(localeTag, country),
      codeHash: codeHash(codeDigest(secrets, phone, code), id),
      sealedCode: sealCode(secrets, id, code),
      webHost: webHostOf(origin, webOrigins),
      codesPerHour: otpPolicy.codesPerHour * otpPolicy.factor,
      price,
      spendPerDay: otpPolicy.spendPerDay * BigInt(otpPolicy.factor),
    });
    if (asked.alarm !== null) otpMetrics.alarmed(country, asked.alarm);
    const waitS = Math.ceil((asked.wait_ms || OTP_RESEND_AFTER_MS) / SECOND);
    if (asked.outcome !== 'sent') {
      otpMetrics.refused(country, asked.outcome);
      throw new AppError('RATE_LIMIT_EXCEEDED', { retryAfterS: waitS });
    }
    otpMetrics.sent(country, price);
    return { expiresInS: OTP_LIFE_MS / SECOND, retryAfterS: waitS };
  };
}

type Drawn = { readonly phone: string; readonly prefix: string; readonly network: string };

function spends(factor: number, { phone, prefix, network }: Drawn): Spend[] {
  const spend = (budget: Omit<Spend, 'key'>, key: string): Spend => ({ ...budget, key, limit: budget.limit * factor });
  return [
    spend(OTP_BUDGETS.resend, phone),
    spend(OTP_BUDGETS.phone, phone),
    spend(OTP_BUDGETS.prefix, prefix),
    spend(OTP_BUDGETS.address, network),
  ];
}
