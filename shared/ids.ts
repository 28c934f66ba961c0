import { z } from 'zod';
import { REGIONS, type Region } from './regions.ts';

declare const brand: unique symbol;

/** A value of type `T` that cannot be passed where another brand is wanted. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/**
 * A UUID in lower case (RFC 9562); upper case is folded, anything else is refused. Ours are of version 7; one of another
 * version is nobody's, so it is passed on and found absent like any id that does not exist.
 */
const uuid = z.string().toLowerCase().regex(UUID, 'must be a UUID').meta({ format: 'uuid' });

function idSchema<Name extends string>() {
  return uuid as unknown as z.ZodType<Brand<string, Name>, string>;
}

export const UserId = idSchema<'UserId'>();
export type UserId = Brand<string, 'UserId'>;
export const SessionId = idSchema<'SessionId'>();
export type SessionId = Brand<string, 'SessionId'>;
export const ChallengeId = idSchema<'ChallengeId'>();
export type ChallengeId = Brand<string, 'ChallengeId'>;
export const DialogId = idSchema<'DialogId'>();
export type DialogId = Brand<string, 'DialogId'>;
export const MessageId = idSchema<'MessageId'>();
export type MessageId = Brand<string, 'MessageId'>;
export const MediaId = idSchema<'MediaId'>();
export type MediaId = Brand<string, 'MediaId'>;
export const WalletId = idSchema<'WalletId'>();
export type WalletId = Brand<string, 'WalletId'>;
export const TransactionId = idSchema<'TransactionId'>();
export type TransactionId = Brand<string, 'TransactionId'>;
export const QuoteId = idSchema<'QuoteId'>();
export type QuoteId = Brand<string, 'QuoteId'>;
export const ShopId = idSchema<'ShopId'>();
export type ShopId = Brand<string, 'ShopId'>;
export const ProductId = idSchema<'ProductId'>();
export type ProductId = Brand<string, 'ProductId'>;
export const VariantId = idSchema<'VariantId'>();
export type VariantId = Brand<string, 'VariantId'>;
export const OrderId = idSchema<'OrderId'>();
export type OrderId = Brand<string, 'OrderId'>;
export const CaseId = idSchema<'CaseId'>();
export type CaseId = Brand<string, 'CaseId'>;
export const UserReportId = idSchema<'UserReportId'>();
export type UserReportId = Brand<string, 'UserReportId'>;
export const AppealId = idSchema<'AppealId'>();
export type AppealId = Brand<string, 'AppealId'>;
export const PrivacyRequestId = idSchema<'PrivacyRequestId'>();
export type PrivacyRequestId = Brand<string, 'PrivacyRequestId'>;
export const NotificationId = idSchema<'NotificationId'>();
export type NotificationId = Brand<string, 'NotificationId'>;
export const PushDeviceId = idSchema<'PushDeviceId'>();
export type PushDeviceId = Brand<string, 'PushDeviceId'>;
export const SuppressionId = idSchema<'SuppressionId'>();
export type SuppressionId = Brand<string, 'SuppressionId'>;
export const ListHitId = idSchema<'ListHitId'>();
export type ListHitId = Brand<string, 'ListHitId'>;
export const MoneyAlertId = idSchema<'MoneyAlertId'>();
export type MoneyAlertId = Brand<string, 'MoneyAlertId'>;
export const MoneyRequestId = idSchema<'MoneyRequestId'>();
export type MoneyRequestId = Brand<string, 'MoneyRequestId'>;
export const ReconciliationRunId = idSchema<'ReconciliationRunId'>();
export type ReconciliationRunId = Brand<string, 'ReconciliationRunId'>;
export const FindingId = idSchema<'FindingId'>();
export type FindingId = Brand<string, 'FindingId'>;
export const SettlementId = idSchema<'SettlementId'>();
export type SettlementId = Brand<string, 'SettlementId'>;
export const DisputeId = idSchema<'DisputeId'>();
export type DisputeId = Brand<string, 'DisputeId'>;

/** Where in the id the region is written: the first hexadecimal digit of the last group, one of UUIDv7's random bits. */
export const REGION_DIGIT = 24;

/** The region that an id was made for. An id that nobody of ours made falls to the first region, where it is not found. */
export function regionOf(id: Brand<string, string>): Region {
  return REGIONS[Number.parseInt(id.charAt(REGION_DIGIT), 16)] ?? REGIONS[0];
}
