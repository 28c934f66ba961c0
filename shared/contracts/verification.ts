import { GetKycStatus, SubmitKyc, WithdrawKyc } from './verification/kyc.ts';
import { DecideHit, ListHits } from './verification/list-hits.ts';
import { DecideReview, GetReview, ListReviews } from './verification/reviews.ts';
import { GetShopVerification, SubmitShopVerification, WithdrawShopVerification } from './verification/shop.ts';

/** Every HTTP call of verification. */
export const verificationCalls = [
  SubmitKyc,
  GetKycStatus,
  WithdrawKyc,
  SubmitShopVerification,
  GetShopVerification,
  WithdrawShopVerification,
  ListReviews,
  GetReview,
  DecideReview,
  ListHits,
  DecideHit,
] as const;
