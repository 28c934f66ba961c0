import { GetKycStatus, SubmitKyc } from './verification/kyc.ts';
import { DecideReview, GetReview, ListReviews } from './verification/reviews.ts';
import { GetShopVerification, SubmitShopVerification } from './verification/shop.ts';

/** Every HTTP call of verification. */
export const verificationCalls = [
  SubmitKyc,
  GetKycStatus,
  SubmitShopVerification,
  GetShopVerification,
  ListReviews,
  GetReview,
  DecideReview,
] as const;
