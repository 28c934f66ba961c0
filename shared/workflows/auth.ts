import { OtpDeliveryReported, OtpRequested, OtpVerified } from '../events/auth.ts';
import { dataOf, type StoredEvent } from '../events/event.ts';
import type { ChallengeId } from '../ids.ts';
import type { Trigger, WorkflowCommand } from './command.ts';
import {
  OTP_REPORTED_SIGNAL,
  OTP_VERIFIED_SIGNAL,
  OtpDelivery,
  type OtpDeliveryInput,
  type OtpReport,
} from './otp-delivery.ts';

/** What events ask of the delivery of a code. `fallbackAfterMs` is the setting OTP_FALLBACK_AFTER. */
export function makeAuthTrigger({ fallbackAfterMs }: { readonly fallbackAfterMs: number }): Trigger {
  function command(event: StoredEvent): WorkflowCommand | undefined {
    const requested = dataOf(OtpRequested, event);
    if (requested !== undefined) {
      const challengeId = requested.challenge_id;
      const input: OtpDeliveryInput = { challengeId, fallbackAfterMs, expiresAt: requested.expires_at };
      return { do: 'start', kind: OtpDelivery, businessId: challengeId, input };
    }
    const verified = dataOf(OtpVerified, event);
    if (verified !== undefined) return signal(verified.challenge_id, OTP_VERIFIED_SIGNAL, undefined);
    const reported = dataOf(OtpDeliveryReported, event);
    if (reported === undefined) return undefined;
    const report: OtpReport = { provider: reported.provider, status: reported.status };
    return signal(reported.challenge_id, OTP_REPORTED_SIGNAL, report);
  }

  return { types: [OtpRequested.type, OtpVerified.type, OtpDeliveryReported.type], command };
}

function signal(businessId: ChallengeId, name: string, payload: OtpReport | undefined): WorkflowCommand {
  return { do: 'signal', kind: OtpDelivery, businessId, signal: name, payload };
}
