import type { KycStatus } from '#shared/contracts/verification/kyc.ts';
import type { Review } from '#shared/contracts/verification/reviews.ts';
import type { ShopVerification } from '#shared/contracts/verification/shop.ts';
import type { ShopId } from '#shared/ids.ts';
import type { Country } from '#shared/regions.ts';
import type { LimitsOf, ShopFacts } from './ports.ts';
import { statusOf, votesNeeded } from './rules.ts';
import type { CaseRow } from './store/cases.ts';
import type { VoteRow } from './store/votes.ts';

/** What a person is told of their latest case, and of what is in force. */
export function kycView(
  row: CaseRow | undefined,
  tier: number,
  { country, limitsOf }: { readonly country: Country; readonly limitsOf: LimitsOf },
): KycStatus {
  return {
    case_id: row?.id ?? null,
    tier,
    requested_tier: row?.tier ?? null,
    status: row === undefined ? 'none' : statusOf(row.state),
    wanted: [...(row?.wanted ?? [])],
    limits: [...limitsOf(country, tier)],
    reason: row?.reason ?? null,
    ...timesOf(row),
  };
}

/** What is told of a shop. One that was verified before anybody submitted for it says so. */
export function shopView(id: ShopId, row: CaseRow | undefined, facts: ShopFacts): ShopVerification {
  const withoutCase = facts.status === 'pending' ? 'none' : facts.status;
  return {
    case_id: row?.id ?? null,
    shop_id: id,
    status: row === undefined ? withoutCase : statusOf(row.state),
    wanted: [...(row?.wanted ?? [])],
    reason: row?.reason ?? null,
    ...timesOf(row),
  };
}

function timesOf(row: CaseRow | undefined) {
  const isOver = row !== undefined && statusOf(row.state) !== 'pending';
  return {
    submitted_at: row?.created_at.toISOString() ?? null,
    decided_at: isOver ? (row.decided_at?.toISOString() ?? null) : null,
    expires_on: row?.state === 'verified' ? row.expires_on : null,
  };
}

/** A case as reviewers see it in the queue. */
export function reviewView(row: CaseRow, votes: readonly VoteRow[]): Review {
  return {
    id: row.id,
    case_id: row.id,
    kind: row.kind,
    owner_id: row.owner_id,
    shop_id: row.shop_id,
    country: row.country,
    requested_tier: row.tier,
    status: statusOf(row.state),
    round: row.round,
    risk: row.risk,
    doubts: [...row.doubts],
    votes_needed: votesNeeded(row.risk),
    votes: votes.map(({ reviewer_id, decision, reason, voted_at }) => ({
      reviewer_id,
      decision,
      reason,
      voted_at: voted_at.toISOString(),
    })),
    waiting_since: row.waiting_since?.toISOString() ?? null,
    due_at: row.due_at?.toISOString() ?? null,
    escalations: row.escalations,
    created_at: row.created_at.toISOString(),
  };
}
