import type { DisputeStatus } from '../contracts/payments/disputes.ts';
import { defineWorkflow, TASK_QUEUES } from './command.ts';

export type DisputeInput = {
  readonly disputeId: string;
  /** How long the merchant has for an answer, and ops for a decision before it is escalated, in milliseconds. */
  readonly answerWithinMs: number;
  readonly reviewWithinMs: number;
};

export type DisputeEnd = { readonly status: DisputeStatus };

/** Leads one dispute to its end; its id is `dispute-<dispute id>`. */
export const DisputeWorkflow = defineWorkflow<DisputeInput>({
  type: 'dispute',
  taskQueue: TASK_QUEUES.payments,
  idPrefix: 'dispute',
});

/** Tells the dispute what has become of it. */
export const DISPUTE_CHANGED = 'dispute_changed';

export type DisputeChangedSignal = { readonly status: DisputeStatus };
