import type { CaseKind } from '../contracts/verification/reviews.ts';
import { defineWorkflow, TASK_QUEUES } from './command.ts';

/** Where a case is, as its row says. Those from `verified` on are where it rests. */
export type CaseState =
  | 'checking'
  | 'asking'
  | 'review'
  | 'approved'
  | 'refused'
  | 'verified'
  | 'rejected'
  | 'superseded'
  | 'lapsed'
  | 'withdrawn';

/** What a case's workflow starts with: pseudonymous ids, and the waiting times that held when it was opened. */
export type CaseInput = {
  readonly caseId: string;
  readonly kind: CaseKind;
  /** A review is escalated when it has waited for this, and each time that it has again. */
  readonly reviewSlaMs: number;
  /** An applicant who is asked again answers within this, or the case ends. */
  readonly answerWithinMs: number;
  /**
   * Set once it was verified and its documents expire on a day (`2031-05-01`): the workflow goes on afresh, with nothing
   * left to do but to remind and to let it lapse, so that a wait of years carries no history of months.
   */
  readonly watch?: { readonly expiresOn: string };
};

export type CaseOutcome = { readonly state: CaseState };

/** What is in force for a person or a shop; of two, the higher version counts. */
export type Standing = {
  readonly kind: CaseKind;
  /** The person, or the shop. */
  readonly subjectId: string;
  readonly tier: number;
  readonly shopStatus: 'pending' | 'verified' | 'rejected' | null;
  readonly version: number;
};

/** Someone did something to the case; what, its row tells. */
export const CASE_CHANGED_SIGNAL = 'caseChanged';

/** How the workflow stands, for whoever looks after it. */
export const CASE_VIEW_QUERY = 'view';
export type CaseView = { readonly state: CaseState; readonly since: string; readonly escalations: number };

/**
 * Updates: the applicant has submitted again, or takes the case back. Each is answered once the story has done its part,
 * with where the case is then; the validator refuses with an ApplicationFailure of type CONFLICT.
 */
export const CASE_ANSWERED_UPDATE = 'answered';
export const CASE_WITHDRAW_UPDATE = 'withdraw';
export type CaseMark = { readonly state: CaseState };

/** Verifies one person for a tier; its id is `kyc-<case id>`. */
export const KycWorkflow = defineWorkflow<CaseInput>({
  type: 'kyc',
  taskQueue: TASK_QUEUES.verification,
  idPrefix: 'kyc',
});

/** Verifies one shop; its id is `kyb-<case id>`. */
export const KybWorkflow = defineWorkflow<CaseInput>({
  type: 'kyb',
  taskQueue: TASK_QUEUES.verification,
  idPrefix: 'kyb',
});

/** The workflow of a kind of case. */
export const CASE_WORKFLOWS = { kyc: KycWorkflow, kyb: KybWorkflow } as const;
