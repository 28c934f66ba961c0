import { GetKycStatus, SubmitKyc, WithdrawKyc } from '#shared/contracts/verification/kyc.ts';
import { DecideReview, GetReview, ListReviews } from '#shared/contracts/verification/reviews.ts';
import { DecideHit, ListHits } from '#shared/contracts/verification/list-hits.ts';
import {
  GetShopVerification,
  SubmitShopVerification,
  WithdrawShopVerification,
} from '#shared/contracts/verification/shop.ts';
import { handle, type Route } from '#shared/http/call.ts';
import type { VerificationService } from './service.ts';

/** The HTTP calls of verification, bound to their use cases. */
export function verificationRoutes(verification: VerificationService): Route[] {
  return [
    handle(SubmitKyc, async ({ caller, body, facts }) => ({
      status: 202,
      body: await verification.applyForTier(caller, body, facts.idempotency),
    })),
    handle(GetKycStatus, async ({ caller }) => ({ status: 200, body: await verification.getKycStatus(caller) })),
    handle(WithdrawKyc, async ({ caller, params }) => ({
      status: 200,
      body: await verification.withdrawKyc(caller, params.id),
    })),
    handle(SubmitShopVerification, async ({ caller, params, body, facts }) => ({
      status: 202,
      body: await verification.applyForShop(caller, params.id, body, facts.idempotency),
    })),
    handle(GetShopVerification, async ({ caller, params }) => ({
      status: 200,
      body: await verification.getShopVerification(caller, params.id),
    })),
    handle(WithdrawShopVerification, async ({ caller, params }) => ({
      status: 200,
      body: await verification.withdrawShop(caller, params.id),
    })),
    handle(ListReviews, async ({ caller, query }) => ({
      status: 200,
      body: await verification.listReviews(caller, query),
    })),
    handle(GetReview, async ({ caller, params }) => ({
      status: 200,
      body: await verification.readReview(caller, params.id),
    })),
    handle(ListHits, async ({ query }) => ({ status: 200, body: await verification.listHits(query) })),
    handle(DecideHit, async ({ caller, params, body }) => {
      await verification.decideHit(caller, params.id, body);
      return { status: 204, body: undefined };
    }),
    handle(DecideReview, async ({ caller, params, body }) => ({
      status: 200,
      body: await verification.decideReview(caller, params.id, body),
    })),
  ];
}
