import type { OtpDelivery, OtpSending } from '#services/auth/otp-delivery.ts';
import type { ChallengeId } from '#shared/ids.ts';
import { withFailures } from '../failure.ts';

export type AuthActivities = {
  /** Sends the text of a challenge through the provider of a rank, from 0. Repeating it sends nothing more. */
  sendOtp(challengeId: ChallengeId, rank: number): Promise<OtpSending>;
  /** Removes the codes that have expired where this challenge is kept. */
  sweepOtps(challengeId: ChallengeId): Promise<void>;
};

export function makeAuthActivities(delivery: Pick<OtpDelivery, 'send' | 'sweep'>): AuthActivities {
  return withFailures({
    sendOtp: (challengeId: ChallengeId, rank: number) => delivery.send(challengeId, rank),
    sweepOtps: (challengeId: ChallengeId) => delivery.sweep(challengeId),
  });
}
