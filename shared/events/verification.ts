import { z } from 'zod';
import { CaseStatus } from '../contracts/verification/document.ts';
import { CaseKind } from '../contracts/verification/reviews.ts';
import { CaseId, ShopId, UserId } from '../ids.ts';
import { defineEvent } from './event.ts';

const Milliseconds = z.number().int().positive();

export const CaseOpened = defineEvent(
  'verification.case_opened',
  1,
  z.object({
    case_id: CaseId,
    kind: CaseKind,
    owner_id: UserId,
    shop_id: ShopId.nullable(),
    review_sla_ms: Milliseconds,
    answer_within_ms: Milliseconds,
  }),
  { says: 'Someone submitted what a new case is about; starts its workflow.', key: 'case_id' },
);

/** What the live `kyc:updated` says about. Those in {@link CASE_WAKES} concern the workflow too. */
export const CASE_STEPS = [
  'submitted',
  'resubmitted',
  'asked',
  'review',
  'escalated',
  'decided',
  'verified',
  'rejected',
  'reminded',
  'lapsed',
  'superseded',
  'withdrawn',
] as const;
export type CaseStep = (typeof CASE_STEPS)[number];

/** Steps that someone else than the workflow has taken, so that it must look at the case again. */
export const CASE_WAKES: ReadonlySet<CaseStep> = new Set(['resubmitted', 'decided', 'withdrawn']);

export const CaseChanged = defineEvent(
  'verification.case_changed',
  1,
  z.object({
    case_id: CaseId,
    kind: CaseKind,
    owner_id: UserId,
    shop_id: ShopId.nullable(),
    status: CaseStatus,
    step: z.enum(CASE_STEPS),
  }),
  { says: 'A case took a step; what the live `kyc:updated` tells.', key: 'case_id' },
);

export const ListHitChanged = defineEvent(
  'verification.list_hit_changed',
  1,
  z.object({
    case_id: CaseId,
    owner_id: UserId,
    outcome: z
      .enum(['found', 'cleared', 'confirmed'])
      .describe('Found on a list; it is somebody else of that name; it is not somebody else.'),
  }),
  { says: 'A name that was clear is on a list, or reviewers have decided on that.', key: 'case_id' },
);

export const StandingChanged = defineEvent(
  'verification.standing_changed',
  1,
  z.object({
    subject_id: z.union([UserId, ShopId]),
    kind: CaseKind,
    tier: z.number().int(),
    shop_status: z.enum(['pending', 'verified', 'rejected']).nullable(),
    version: z.number().int(),
  }),
  { says: 'What is in force for a person or a shop changed.', key: 'subject_id' },
);
