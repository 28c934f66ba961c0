import type { TierLimit } from '#shared/contracts/verification/kyc.ts';
import type { Outbox } from '#shared/events/event.ts';
import type { Idempotency } from '#shared/http/idempotency.ts';
import type { CaseId, MediaId, ShopId, UserId } from '#shared/ids.ts';
import type { Log } from '#shared/log.ts';
import type { Country } from '#shared/regions.ts';
import type { Databases } from '#shared/sql.ts';
import type { Clock } from '#shared/time.ts';
import type { CaseKind } from '#shared/contracts/verification/reviews.ts';
import type { KeyManagement } from '#shared/key-management.ts';
import type { CaseState } from '#shared/workflows/case.ts';

/** One number that a registry is asked about. */
export type RegistryQuestion = {
  readonly caseId: CaseId;
  readonly country: Country;
  /** The document's type. */
  readonly type: string;
  readonly number: string;
};

/**
 * Registries of people and companies.
 *
 * @throws {AppError} UPSTREAM_UNAVAILABLE when there is no answer: nothing is known then, and it is asked again
 */
export interface Registry {
  /** `unclear`: the registry cannot say, a person must look. */
  check(question: RegistryQuestion): Promise<'found' | 'unclear' | 'refused'>;
}

/** Lists of people and businesses that must not be served. Throws as {@link Registry}. */
export interface Screening {
  screen(who: {
    readonly caseId: CaseId;
    readonly name: string;
    /** `1990-05-17`, for a person. */
    readonly dateOfBirth: string | undefined;
  }): Promise<'clear' | 'hit'>;
}

/** Files of documents. Fulfilled by media, where reviewers read them. */
export interface DocumentFiles {
  /** Tells that a case shows the file from now on. `refused`: it is not this person's, or not for this purpose. */
  keep(mediaId: MediaId, ownerId: UserId): Promise<'kept' | 'refused'>;
  /** Nobody reads it any more. */
  remove(mediaId: MediaId, ownerId: UserId): Promise<void>;
}

export type ShopFacts = {
  readonly ownerId: UserId;
  readonly country: Country;
  readonly status: 'pending' | 'verified' | 'rejected';
};

/** What commerce says of a shop; undefined when there is none. */
export interface Shops {
  find(id: ShopId): Promise<ShopFacts | undefined>;
}

/**
 * The workflows of cases, which hear of what is done to a row by its event in any case. Asked, they hear of it at once, and
 * tell what came of it. `away`: there is no answer in time, and nothing is known.
 */
export interface CaseStories {
  /** The applicant takes the case back. @returns where it is then */
  withdraw(kind: CaseKind, id: CaseId): Promise<CaseState | 'refused' | 'away'>;
  /** The applicant has submitted again. @returns where the case is once its documents were looked at */
  answered(kind: CaseKind, id: CaseId, round: number): Promise<CaseState | 'refused' | 'away'>;
}

/** What may leave someone's wallets at a tier. Fulfilled by payments, whose rules they are. */
export type LimitsOf = (country: Country, tier: number) => readonly TierLimit[];

/** What operators watch. */
export type Meters = {
  /** A case came to rest, or left it. */
  readonly ended: (kind: CaseKind, state: CaseState) => void;
  readonly escalated: (kind: CaseKind) => void;
  /** A name that was clear is on a list. */
  readonly listed: (kind: CaseKind) => void;
};

export type VerificationPorts = {
  /** A case lives in its applicant's region. */
  readonly databases: Databases;
  readonly outbox: Outbox;
  readonly idempotency: Idempotency;
  readonly keyManagement: KeyManagement;
  readonly registry: Registry;
  readonly screening: Screening;
  readonly files: DocumentFiles;
  readonly shops: Shops;
  readonly stories: CaseStories;
  readonly limitsOf: LimitsOf;
  /**
   * What documents are remembered under, as 64 hexadecimal digits (DOCUMENT_KEY), so that one verifies one account; undefined where
   * they may be shown for several (KYC_SHARED_DOCUMENTS).
   */
  readonly documentKey: string | undefined;
  readonly meters: Meters;
  readonly clock: Clock;
  readonly log: Log;
  /** How long a review may take before it is escalated, in milliseconds (KYC_REVIEW_SLA). */
  readonly reviewSlaMs: number;
  /** How often the names of the verified are looked for on the lists, in milliseconds (KYC_RESCREEN_EVERY). */
  readonly rescreenEveryMs: number;
  /** How long an applicant may take to answer, in milliseconds (KYC_ANSWER_WITHIN). */
  readonly answerWithinMs: number;
};
