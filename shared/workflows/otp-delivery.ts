import type { SmsProviderName } from '../contracts/auth/webhooks.ts';
import type { ChallengeId } from '../ids.ts';
import { defineWorkflow, TASK_QUEUES } from './command.ts';

export type OtpDeliveryInput = {
  readonly challengeId: ChallengeId;
  /** Without a delivery report the next provider is tried after this. */
  readonly fallbackAfterMs: number;
  /** ISO 8601; when the code ends, and delivering it with it. */
  readonly expiresAt: string;
  /** The host of ours in whose page the code was asked for. */
  readonly webHost?: string;
};

/** Brings one code to its phone, through one provider after the other. Its id is `otp-<challenge id>`. */
export const OtpDelivery = defineWorkflow<OtpDeliveryInput>({
  type: 'otpDelivery',
  taskQueue: TASK_QUEUES.auth,
  idPrefix: 'otp',
});

export const OTP_VERIFIED_SIGNAL = 'verified';
export const OTP_REPORTED_SIGNAL = 'deliveryReported';

export type OtpReport = { readonly provider: SmsProviderName; readonly status: 'delivered' | 'failed' };

/**
 * What a step of a delivery came to.
 *
 * - `accepted`: the provider has the text, since `ageMs`; a report may follow.
 * - `under_way`: somebody else is taking this step; what became of it is known after `againInMs`.
 * - `unknown`: the provider may have the text, and cannot tell.
 * - `failed`: the provider does not have it.
 * - `no_provider`: every provider has been tried.
 * - `delivered`: a report of it came at once.
 * - `ended`: the code was delivered, verified, replaced or expired, so there is nothing left to send.
 */
export type OtpSending =
  | { readonly outcome: 'accepted'; readonly provider: SmsProviderName; readonly ageMs: number }
  | { readonly outcome: 'under_way'; readonly provider: SmsProviderName; readonly againInMs: number }
  | { readonly outcome: 'unknown' | 'failed' | 'delivered'; readonly provider: SmsProviderName }
  | { readonly outcome: 'no_provider' }
  | { readonly outcome: 'ended' };
