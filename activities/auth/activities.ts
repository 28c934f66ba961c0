import type { OtpDelivery } from '#services/auth/otp-delivery.ts';
import type { ChallengeId } from '#shared/ids.ts';
import type { OtpSending } from '#shared/workflows/otp-delivery.ts';
import { withFailures } from '../failure.ts';

export type AuthActivities = {
  /**
   * Takes a step of a delivery, from 0: sends the text of a challenge through a provider that has not had it. Repeating
   * it sends nothing more, and tells what became of it. A report that comes within two seconds is waited for.
   *
   * @param webHost the host of ours in whose page the code was asked for
   */
  sendOtp(challengeId: ChallengeId, attempt: number, webHost?: string): Promise<OtpSending>;
  /** Removes the codes that have expired where this challenge is kept. */
  sweepOtps(challengeId: ChallengeId): Promise<void>;
};

export function makeAuthActivities(delivery: Pick<OtpDelivery, 'lead' | 'sweep'>): AuthActivities {
  return withFailures({
    sendOtp: (challengeId: ChallengeId, attempt: number, webHost?: string) =>
      delivery.lead({ challengeId, attempt, webHost }),
    sweepOtps: (challengeId: ChallengeId) => delivery.sweep(challengeId),
  });
}
