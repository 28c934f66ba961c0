import {
  BUSINESS_TYPES,
  type Document,
  type DocumentType,
  type CaseStatus,
  type Wanted,
} from '#shared/contracts/verification/document.ts';
import type { CaseKind, Decision, Doubt, Risk } from '#shared/contracts/verification/reviews.ts';
import { unreachable } from '#shared/errors.ts';
import { DAY } from '#shared/time.ts';
import type { CaseState } from '#shared/workflows/case.ts';
import type { Submission } from './sealing/sealed-submission.ts';

/** Rounds after which nobody is asked again; each may still have its vote begun anew. */
export const ROUNDS_MAX = 50;
/** A wallet of one's own, from this age on. Ours: the laws of the six countries do not agree. */
export const AGE_MIN_YEARS = 18;
const AGE_MAX_YEARS = 120;
/** The tier that two reviewers decide, whatever the checks say. */
const REVIEWED_TIER = 3;
/** Identification is kept for as long after the relationship ends as the longest law of the region asks (Thailand). */
export const KEPT_BY_LAW_MS = 3653 * DAY;

const IDENTITY: ReadonlySet<DocumentType> = new Set([
  'national_id',
  'passport',
  'driving_licence',
  'nric',
  'fin',
  'nik',
  'mykad',
  'philsys',
  'cccd',
]);
const BUSINESS: ReadonlySet<DocumentType> = new Set(BUSINESS_TYPES);

/** States in which a case is under way: a person, or a shop, has one of them at most. */
export const UNDER_WAY: ReadonlySet<CaseState> = new Set(['checking', 'asking', 'review', 'approved', 'refused']);

/**
 * States in which an applicant may take a case back. Not while a reviewer looks at it, whoever's it is: if those on a list
 * alone were refused, they would know that they are on it.
 */
export const WITHDRAWABLE: ReadonlySet<CaseState> = new Set(['checking', 'asking']);

/** How a state is called where people see it. */
export function statusOf(state: CaseState): CaseStatus {
  switch (state) {
    case 'checking':
    case 'approved':
    case 'refused':
      return 'pending';
    case 'asking':
      return 'action_required';
    case 'review':
      return 'in_review';
    case 'verified':
    case 'superseded':
      return 'verified';
    case 'lapsed':
      return 'expired';
    case 'rejected':
    case 'withdrawn':
      return state;
    default:
      return unreachable(state);
  }
}

/** What a submission still lacks for what it asks for. */
export function missingIn(kind: CaseKind, tier: number | null, { address, documents }: Submission): Wanted[] {
  const has = (types: ReadonlySet<DocumentType>) => documents.some(({ type }) => types.has(type));
  if (kind === 'kyb') return has(BUSINESS) ? [] : ['business_registration'];
  const missing: Wanted[] = [];
  if (!has(IDENTITY)) missing.push('national_id');
  if (tier !== null && tier >= 2 && address === undefined) missing.push('address');
  if (tier !== null && tier >= REVIEWED_TIER) {
    const proof = documents.find(({ type }) => type === 'proof_of_address');
    if (proof?.media_id === undefined) missing.push('proof_of_address');
  }
  return missing;
}

/** Documents that say who a person is; each belongs to one. */
export function isIdentity({ type }: Pick<Document, 'type'>): boolean {
  return IDENTITY.has(type);
}

/** Documents that a registry is asked about: the others tell nothing by their number. */
export function isRegistered({ type }: Pick<Document, 'type'>): boolean {
  return IDENTITY.has(type) || BUSINESS.has(type) || type === 'tax_id' || type === 'npwp';
}

export type RegistryResult = 'found' | 'unclear' | 'refused';

/** The answer for a submission out of those for its documents: the worst of them. */
export function worst(results: readonly RegistryResult[]): RegistryResult {
  if (results.includes('refused')) return 'refused';
  return results.includes('unclear') ? 'unclear' : 'found';
}

/** What is known of a submission once the sources were asked. */
export type Findings = {
  readonly tier: number | null;
  readonly registry: RegistryResult;
  readonly screening: 'clear' | 'hit';
  readonly birthDateDiffers: boolean;
  /** Another account was verified with one of the documents. */
  readonly usedElsewhere: boolean;
};

export type Verdict =
  | { readonly state: 'approved' }
  | { readonly state: 'refused'; readonly reason: string }
  | { readonly state: 'review'; readonly risk: Risk; readonly doubts: readonly Doubt[] };

/**
 * The policy: what is plain is decided at once, all else by people. A hit on a list is never decided by a machine, and
 * goes before a refusal: whoever is on a list must be looked at.
 *
 * A day of birth that is not the one in the number is shown to reviewers, and alone sends no case to them: many numbers
 * were given out with a wrong day.
 */
export function judge({ tier, registry, screening, birthDateDiffers, usedElsewhere }: Findings): Verdict {
  if (screening === 'clear' && registry === 'refused') return { state: 'refused', reason: 'registry_refused' };
  const isHigh = screening === 'hit' || tier === REVIEWED_TIER;
  if (!isHigh && registry === 'found' && !usedElsewhere) return { state: 'approved' };
  const doubts: Doubt[] = [];
  if (screening === 'hit') doubts.push('screening_hit');
  if (registry !== 'found') doubts.push('registry_unclear');
  if (tier === REVIEWED_TIER) doubts.push('highest_tier');
  if (birthDateDiffers) doubts.push('birth_date_differs');
  if (usedElsewhere) doubts.push('document_used_elsewhere');
  return { state: 'review', risk: isHigh ? 'high' : 'normal', doubts };
}

/** How many reviewers must say the same: four eyes where the risk is high. */
export function votesNeeded(risk: Risk): number {
  return risk === 'high' ? 2 : 1;
}

/** What the reviewers have decided so far. Asking again decides nothing, so one of them may do it alone. */
export function tally(votes: readonly { readonly decision: Decision }[], risk: Risk): Decision | undefined {
  if (votes.at(-1)?.decision === 'ask_again') return 'ask_again';
  return (['reject', 'approve'] as const).find(
    (decision) => votes.filter((vote) => vote.decision === decision).length >= votesNeeded(risk),
  );
}

/** What is wrong with a day of birth; undefined when nothing is. Days are `2026-11-24`. */
export function birthFault(birth: string, today: string): string | undefined {
  if (birth > yearsBefore(today, AGE_MIN_YEARS)) return `must be at least ${AGE_MIN_YEARS} years ago`;
  return birth < yearsBefore(today, AGE_MAX_YEARS) ? `must be at most ${AGE_MAX_YEARS} years ago` : undefined;
}

function yearsBefore(day: string, years: number): string {
  return `${String(Number(day.slice(0, 4)) - years).padStart(4, '0')}${day.slice(4)}`;
}

/** The first day on which one of the documents is no longer good; undefined when none of them says. */
export function firstExpiry(documents: readonly Pick<Document, 'expires_at'>[]): string | undefined {
  return documents.flatMap(({ expires_at: day }) => (day === undefined ? [] : [day])).toSorted()[0];
}

/** The day in UTC, one for all: whether a document is good must not hang on where it is looked at. */
export function dayOf(now: Date): string {
  return now.toISOString().slice(0, 10);
}
