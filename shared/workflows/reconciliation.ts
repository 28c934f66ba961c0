import { defineWorkflow, TASK_QUEUES } from './command.ts';

/** The steps in which a day is reconciled, in their order. */
export const RECONCILIATION_STEPS = ['statement', 'lines', 'movements', 'workflows', 'findings', 'close'] as const;
type ReconciliationStep = (typeof RECONCILIATION_STEPS)[number];

/** Where an earlier run of the same day has got. */
export type ReconciliationPlace = {
  readonly step: ReconciliationStep;
  /** The next page of the statement, or the last thing that was looked at. */
  readonly at?: string;
};

export type ReconciliationInput = {
  readonly gateway: string;
  /** `2026-11-24`, in UTC. */
  readonly day: string;
  /** Absent to begin. */
  readonly place?: ReconciliationPlace;
};
/** How many findings of that day wait for people. */
export type ReconciliationOutcome = { readonly findings: number };

/** Reconciles one day of one gateway; its id is `reconciliation-<gateway>-<day>`. */
export const ReconciliationWorkflow = defineWorkflow<ReconciliationInput>({
  type: 'reconciliation',
  taskQueue: TASK_QUEUES.payments,
  idPrefix: 'reconciliation',
});

export type ReconcileDueOutcome = { readonly started: readonly string[] };

/** Begins the days that are over and were not reconciled yet. Started by a schedule. */
export const ReconcileDueWorkflow = defineWorkflow({
  type: 'reconcileDue',
  taskQueue: TASK_QUEUES.payments,
  idPrefix: 'reconcile-due',
});
