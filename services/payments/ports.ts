import type { Caller } from '#shared/caller.ts';
import { AppError } from '#shared/errors.ts';
import type { Outbox } from '#shared/events/event.ts';
import type { Idempotency } from '#shared/http/idempotency.ts';
import type { CaseId, OrderId, TransactionId, UserId } from '#shared/ids.ts';
import type { KeyManagement } from '#shared/key-management.ts';
import type { Log } from '#shared/log.ts';
import type { Money } from '#shared/money.ts';
import type { Country, Locale } from '#shared/regions.ts';
import type { Databases } from '#shared/sql.ts';
import type { Clock } from '#shared/time.ts';
import type { VelocityRule } from './compliance/velocity-rules.ts';
import type { Payout, PayoutGateway, RefundGateway } from './payout/payout-gateway.ts';
import type { FxMeters, FxRules } from './conversion/ports.ts';

/** What payments need to know about someone: whether they may be paid, and which limits are theirs. */
export type Person = {
  readonly id: UserId;
  readonly status: 'active' | 'suspended' | 'deleted';
  readonly country: Country;
  /** 0 (a phone number only) to 3. */
  readonly kycTier: number;
};

export interface People {
  /** Those of `ids` who exist, in any order. */
  find(ids: readonly UserId[]): Promise<readonly Person[]>;
}

/** @throws {AppError} NOT_FOUND for someone who does not exist. */
export async function findPerson(people: People, id: UserId): Promise<Person> {
  const [person] = await people.find([id]);
  if (person === undefined) throw new AppError('NOT_FOUND', { message: 'There is no such user' });
  return person;
}

/** How someone is called, and how they read dates and sums. */
export type Profile = {
  readonly id: UserId;
  readonly displayName: string;
  readonly locale: Locale;
  readonly timezone: string;
};

interface Profiles {
  /** Those of `ids` who exist, in any order. */
  find(ids: readonly UserId[]): Promise<readonly Profile[]>;
}

interface Blocks {
  /** Those of `others` who have blocked the user. */
  blockersOf(userId: UserId, others: readonly UserId[]): Promise<readonly UserId[]>;
}

interface StepUp {
  /** Whether the token is one that this session was given for its PIN within the last 300 s. */
  verify(token: string | undefined, caller: Caller): Promise<boolean>;
}

/** What checkout decided of an order. */
export interface Checkouts {
  /** Whether it was placed from a new device or under a new number, and is paid under lowered limits. */
  isLimited(orderId: OrderId): Promise<boolean>;
  /** The category of the shop that sells it; undefined for one without, and for an order that is not there. */
  categoryOf(orderId: OrderId): Promise<string | undefined>;
}

export type ChargeStatus = 'pending' | 'paid' | 'failed' | 'expired';

/** What a gateway is asked to collect. */
export type NewCharge = {
  /** Our own id: the gateway keeps it with the charge, and takes it as the key that makes a repeat harmless. */
  readonly reference: TransactionId;
  readonly money: Money;
  /** A `type` of GET /payments/methods. */
  readonly method: string;
  readonly description: string | undefined;
  /** Where the gateway's page sends the payer afterwards. */
  readonly returnUrl: string;
};

/** What a gateway believes about a charge. */
export type Charge = {
  /** The gateway's own id of it. */
  readonly id: string;
  readonly reference: string;
  readonly status: ChargeStatus;
  readonly money: Money;
  /** The gateway's page for the payer, for methods that have one. */
  readonly pageUrl: string | undefined;
  /** The EMVCo payload that the payer scans, for methods whose acquirer makes it. */
  readonly qrCode: string | undefined;
  /** Where the payer transfers the money to, for methods that give each payment an account of its own. */
  readonly account: PayerAccount | undefined;
  /** A word of the gateway for a failed charge. */
  readonly failure: string | undefined;
};

export type PayerAccount = { readonly bank: string; readonly number: string };

/** A gateway's final no to a new charge: nothing was made, and nobody else is asked. */
export type Declined = { readonly status: 'declined'; readonly failure: string };

/**
 * Surely nothing was made, for a reason that is the gateway's or ours and not the payer's: it could not be reached before
 * anything was sent, is too busy, or does not serve this account or method. Another gateway may be asked.
 */
export type NotMade = {
  readonly status: 'not_made';
  readonly failure: string;
  /** Whether the same gateway may take the same charge later. */
  readonly isPassing: boolean;
};

/** A report whose signature and age are good. `charge` is absent for reports that concern no charge. */
export type WebhookReport = {
  /** The gateway's own id of the report: the same report comes again under the same id. */
  readonly id: string;
  readonly kind: string;
  readonly charge: Charge | undefined;
  /** What it says of a payout or a refund, where it concerns one. */
  readonly payout?: Payout;
  /**
   * Where the gateway was asked, the answer is the charge or payout above, and this is what the report itself claimed: both
   * must be as we asked for them.
   */
  readonly claimed?: Claim;
};

export type Claim = Pick<Charge, 'reference' | 'money'>;

/**
 * A payment gateway. Each call ends within ten seconds. A failure UPSTREAM_UNAVAILABLE of `create` means *unknown*: the
 * charge may exist, and {@link PaymentGateway.find} is asked before anything is tried again.
 */
export interface PaymentGateway {
  /** As in the address of its webhooks. */
  readonly name: string;
  create(charge: NewCharge): Promise<Charge | Declined | NotMade>;
  /**
   * The charge with our reference, asked from where the gateway is surely up to date.
   *
   * @param askedAt when the charge was first asked for, so that the gateway need not look at all it has
   */
  find(reference: TransactionId, askedAt: Date): Promise<Charge | undefined>;
  /** Undefined when the gateway says for sure that it has no such charge. */
  fetch(chargeId: string): Promise<Charge | undefined>;
  /** Closes a charge that waits for its payer. The answer tells what it is now: it may have been paid just before. */
  expire(chargeId: string): Promise<Charge | undefined>;
  /**
   * What a webhook says, asked about at the gateway where the webhook alone is not to be believed: then its sum and
   * reference are as the webhook claims, and its status is as the gateway answers.
   *
   * @param headers names in lower case
   * @throws {AppError} UNAUTHORIZED when the signature is wrong or older than five minutes, VALIDATION_ERROR when the
   *   body is none of the gateway's, CONFLICT when the gateway does not confirm it, UPSTREAM_UNAVAILABLE.
   */
  readWebhook(
    headers: Readonly<Record<string, string | undefined>>,
    body: Uint8Array,
    now: Date,
  ): Promise<WebhookReport>;
}

/** How charges fare, by gateway and method. */
export interface GatewayMeters {
  charged(gateway: string, method: string, outcome: 'made' | 'declined' | 'not_made' | 'unknown'): void;
  ended(gateway: string, method: string, status: string): void;
  standing(gateway: string, method: string, isSkipped: boolean): void;
}

/** What is known of people and names by lists of sanctions. Fulfilled by verification and its provider. */
export interface Parties {
  isListed(userId: UserId): Promise<boolean>;
  /** The cases of verification by which people are known; whoever has none is left out. */
  casesOf(ids: readonly UserId[]): Promise<ReadonlyMap<UserId, CaseId>>;
  /**
   * Looks for the name that money is sent to outside, such as the holder of a bank account.
   *
   * @param reference our transaction's id, under which the provider keeps the search
   * @throws {AppError} UPSTREAM_UNAVAILABLE when there is no answer: nothing is known then, and it is asked again
   */
  screenParty(party: {
    readonly reference: TransactionId;
    readonly name: string;
    readonly country: Country;
  }): Promise<'clear' | 'hit'>;
}

/** How payouts and refunds fare, by gateway and kind. */
export interface PayoutMeters {
  asked(gateway: string, kind: string): void;
  ended(gateway: string, kind: string, status: string): void;
}

/** What operators watch of the rules against crime. */
export type RuleMeters = {
  /** Money went over a rule; a refusal that is tried again counts again. */
  readonly overRule: (rule: string, outcome: 'refused' | 'flagged') => void;
};

/** How merchants are paid. */
export type SettlementTerms = {
  /** Whether orders wait for the next settlement run, and are not paid one by one (SETTLEMENT_EVERY). */
  readonly inRuns: boolean;
  /** `none`: without fees (MERCHANT_FEES). */
  readonly fees: 'standard' | 'none';
};

/** How long a merchant has to answer a dispute, and ops to decide one, in milliseconds. */
export type DisputeTerms = { readonly answerWithinMs: number; readonly reviewWithinMs: number };

export type PaymentsPorts = {
  readonly databases: Databases;
  readonly outbox: Outbox;
  readonly idempotency: Idempotency;
  readonly people: People;
  readonly profiles: Profiles;
  readonly blocks: Blocks;
  readonly stepUp: StepUp;
  readonly checkouts: Checkouts;
  readonly gateways: readonly PaymentGateway[];
  readonly settlement: SettlementTerms;
  readonly disputes: DisputeTerms;
  readonly gatewayMeters?: GatewayMeters;
  readonly fx: FxRules;
  readonly fxMeters?: FxMeters;
  readonly payoutGateways: readonly PayoutGateway[];
  readonly refundGateways: readonly RefundGateway[];
  readonly payoutMeters?: PayoutMeters;
  /** Wraps the keys of what is personal about where money goes. */
  readonly keyManagement: KeyManagement;
  readonly clock: Clock;
  readonly log: Log;
  /** Where clients reach the API, without a slash at the end; payment links are made from it. */
  readonly publicUrl: string;
  /** How long a payer has, in milliseconds (PAYMENT_EXPIRES_AFTER). */
  readonly expiresAfterMs: number;
  /** How fast money may leave a person. */
  readonly velocityRules: readonly VelocityRule[];
  readonly ruleMeters: RuleMeters;
  readonly parties: Parties;
  /** The 15-digit PromptPay biller id that QR codes name. */
  readonly promptPayBillerId: string;
};
