import type { SmsProviderName } from '../contracts/auth/webhooks.ts';
import type { ChallengeId } from '../ids.ts';
import { defineWorkflow, TASK_QUEUES } from './command.ts';

export type OtpDeliveryInput = {
  readonly challengeId: ChallengeId;
  /** Without a delivery report the next provider is tried after this. */
  readonly fallbackAfterMs: number;
  /** ISO 8601; when the code ends, and delivering it with it. */
  readonly expiresAt: string;
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
