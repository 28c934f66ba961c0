import { OtpDeliveryReported, OtpRequested, OtpVerified } from '../events/auth.ts';
import { dataOf, type StoredEvent } from '../events/event.ts';
import type { ChallengeId } from '../ids.ts';
import { type Clock, MINUTE } from '../time.ts';
import type { Trigger, WorkflowCommand } from './command.ts';
import {
  OTP_REPORTED_SIGNAL,
  OTP_VERIFIED_SIGNAL,
  OtpDelivery,
  type OtpDeliveryInput,
  type OtpReport,
} from './otp-delivery.ts';

type AuthTriggerOptions = {
  /** The setting OTP_FALLBACK_AFTER. */
  readonly fallbackAfterMs: number;
  readonly clock: Clock;
};

/** How far this process's clock may be from the one that has said when a code expires. */
const CLOCKS_APART_MS = 5 * MINUTE;

/**
 * What events ask of the delivery of a code. One that has expired meanwhile, whatever the clocks say of each other, is not
 * worth a workflow any more; the story of one that has only just expired ends by itself.
 */
export function makeAuthTrigger({ fallbackAfterMs, clock }: AuthTriggerOptions): Trigger {
  function command(event: StoredEvent): WorkflowCommand | undefined {
    const requested = dataOf(OtpRequested, event);
    if (requested !== undefined) {
      const { challenge_id: challengeId, expires_at: expiresAt, web_host: webHost } = requested;
      if (Date.parse(expiresAt) + CLOCKS_APART_MS <= clock().getTime()) return undefined;
      const input: OtpDeliveryInput = {
        challengeId,
        fallbackAfterMs,
        expiresAt,
        ...(webHost === undefined ? {} : { webHost }),
      };
      return { do: 'start', kind: OtpDelivery, businessId: challengeId, input };
    }
    const verified = dataOf(OtpVerified, event);
    if (verified !== undefined) return signal(verified.challenge_id, OTP_VERIFIED_SIGNAL, undefined);
    const reported = dataOf(OtpDeliveryReported, event);
    if (reported === undefined || reported.is_heard === true) return undefined;
    const report: OtpReport = { provider: reported.provider, status: reported.status };
    return signal(reported.challenge_id, OTP_REPORTED_SIGNAL, report);
  }

  return { types: [OtpRequested.type, OtpVerified.type, OtpDeliveryReported.type], command };
}

function signal(businessId: ChallengeId, name: string, payload: OtpReport | undefined): WorkflowCommand {
  return { do: 'signal', kind: OtpDelivery, businessId, signal: name, payload };
}
