import { withFailures } from '#activities/failure.ts';
import type { TierInForce } from '#services/auth/kyc-tier.ts';
import type { UserId } from '#shared/ids.ts';
import type { Standing } from '#shared/workflows/case.ts';

/** A step of a person's case, on the queue of auth: how far they are verified is copied to their account. */
export function makeTierActivities(setKycTier: (tier: TierInForce) => Promise<void>) {
  return withFailures({
    setKycTier: ({ subjectId, tier, version }: Standing): Promise<void> =>
      setKycTier({ userId: subjectId as UserId, tier, version }),
  });
}

export type TierActivities = ReturnType<typeof makeTierActivities>;
