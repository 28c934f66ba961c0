import type { Country } from '#shared/regions.ts';
import type { Tx } from '#shared/sql.ts';
import { type Guess, judgeProof } from './login-store.ts';
import { codeDigest } from './otp-code.ts';
import type { OtpMetrics } from './otp-guards.ts';
import { numberPrefix } from './rules.ts';
import type { Secrets } from './secrets.ts';

export type SpendCodePorts = { readonly secrets: Secrets; readonly otpMetrics: OtpMetrics };

/**
 * Spends a code that proves a number and logs nobody in. It is counted, judged, audited and measured as that of a login
 * is; a wrong guess must commit too.
 *
 * @param phone E.164
 * @returns whether it was right
 */
export async function spendCode(
  { secrets, otpMetrics }: SpendCodePorts,
  tx: Tx,
  { phone, country, code }: { readonly phone: string; readonly country: Country; readonly code: string },
): Promise<boolean> {
  const guess: Guess = {
    phoneNumber: phone,
    prefix: numberPrefix(phone),
    country,
    codeDigest: codeDigest(secrets, phone, code),
  };
  const outcome = await judgeProof(tx, guess);
  otpMetrics.judged(country, outcome);
  return outcome === 'ok';
}
