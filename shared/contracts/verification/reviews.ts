import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { Cursor, limit, NextCursor } from '../../http/paging.ts';
import { CaseId, ShopId, UserId } from '../../ids.ts';
import { Country } from '../../regions.ts';
import { Timestamp } from '../../wire-time.ts';
import { prose } from '../text.ts';
import { ShopAddress } from '../commerce/shop.ts';
import { CaseStatus, Document, DOCUMENTS_MAX, Wanted } from './document.ts';

export const CASE_KINDS = ['kyc', 'kyb'] as const;
export const CaseKind = z.enum(CASE_KINDS);
export type CaseKind = z.infer<typeof CaseKind>;

export const RISKS = ['normal', 'high'] as const;
export const Risk = z.enum(RISKS);
export type Risk = z.infer<typeof Risk>;

/** Why a person must look at a case. */
export const DOUBTS = [
  'registry_unclear',
  'screening_hit',
  'highest_tier',
  'birth_date_differs',
  'document_used_elsewhere',
] as const;
export const Doubt = z.enum(DOUBTS);
export type Doubt = z.infer<typeof Doubt>;

export const DECISIONS = ['approve', 'reject', 'ask_again'] as const;
export const Decision = z.enum(DECISIONS);
export type Decision = z.infer<typeof Decision>;

const Vote = z.object({ reviewer_id: UserId, decision: Decision, reason: z.string().nullable(), voted_at: Timestamp });

/** A case as the queue shows it: nothing in it says who the applicant is but their id. */
export const Review = z
  .object({
    id: CaseId,
    case_id: CaseId,
    kind: CaseKind,
    owner_id: UserId,
    shop_id: ShopId.nullable(),
    country: Country,
    requested_tier: z.number().int().nullable(),
    status: CaseStatus,
    /** What is voted on: a new submission, or a hit that the votes so far did not know of, begins the next. */
    round: z.number().int(),
    risk: Risk,
    doubts: z.array(Doubt),
    /** How many reviewers must agree, and what was said of this submission so far. */
    votes_needed: z.number().int(),
    votes: z.array(Vote),
    waiting_since: Timestamp.nullable(),
    due_at: Timestamp.nullable(),
    /** How often it was escalated because nobody decided in time. */
    escalations: z.number().int(),
    created_at: Timestamp,
  })
  .meta({ id: 'Review' });
export type Review = z.input<typeof Review>;

const Check = z.object({ source: z.enum(['registry', 'screening']), result: z.string(), checked_at: Timestamp });

/** With what the applicant wrote. Each reading is audited before it is answered. */
export const ReviewDetail = Review.extend({
  /** The person's name, or the legal name of the business. */
  name: z.string(),
  date_of_birth: z.string().nullable(),
  registration_number: z.string().nullable(),
  address: ShopAddress.nullable(),
  documents: z.array(Document),
  checks: z.array(Check),
}).meta({ id: 'ReviewDetail' });
export type ReviewDetail = z.input<typeof ReviewDetail>;

export const ListReviews = defineCall({
  name: 'listReviews',
  method: 'GET',
  path: '/ops/reviews',
  summary: 'Cases that wait for a reviewer, the longest waiting first',
  tag: 'ops',
  access: ['ops'],
  query: z.strictObject({
    kind: CaseKind.optional(),
    country: Country.optional(),
    risk: Risk.optional(),
    /** `true`: only those that are past their time. */
    overdue: z.enum(['true', 'false']).optional(),
    cursor: Cursor.optional(),
    limit: limit(20),
  }),
  answers: { 200: z.object({ reviews: z.array(Review), next_cursor: NextCursor }) },
  rate: 'read',
});

const byCase = z.strictObject({ id: CaseId });

export const GetReview = defineCall({
  name: 'getReview',
  method: 'GET',
  path: '/ops/reviews/{id}',
  summary: 'What the applicant of a case has submitted. Each reading is audited',
  tag: 'ops',
  access: ['ops'],
  params: byCase,
  answers: { 200: ReviewDetail },
  rate: 'read',
});

const ROUNDS_MAX = 100;

const decided = {
  /** For the applicant, who is told why. */
  reason: prose(500).optional(),
  /**
   * What was looked at, as the review told it, the first round when left out: when something else is to be decided by now, this
   * is refused with 409.
   */
  round: z.number().int().min(1).max(ROUNDS_MAX).optional(),
};

export const DecisionBody = z.discriminatedUnion('decision', [
  z.strictObject({ decision: z.enum(['approve', 'reject']), ...decided }),
  z.strictObject({
    decision: z.literal('ask_again'),
    ...decided,
    /** What the applicant is asked for. */
    wanted: z.array(Wanted).min(1).max(DOCUMENTS_MAX),
  }),
]);
export type DecisionBody = z.infer<typeof DecisionBody>;

export const DecideReview = defineCall({
  name: 'decideReview',
  method: 'POST',
  path: '/ops/reviews/{id}/decision',
  summary: 'Decide a case. One of high risk is decided when two reviewers say the same; nobody decides their own',
  tag: 'ops',
  access: ['ops'],
  params: byCase,
  body: DecisionBody,
  answers: { 200: Review },
  rate: 'write',
});
