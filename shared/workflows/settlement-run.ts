import { defineWorkflow, TASK_QUEUES } from './command.ts';

/** `after` is where an earlier run of the same round has stopped; absent to begin. */
export type SettlementRunInput = { readonly after?: string; readonly paid?: number };
export type SettlementRunOutcome = { readonly paid: number };

/** Pays merchants what is due. Started by a schedule (SETTLEMENT_EVERY). */
export const SettlementRun = defineWorkflow<SettlementRunInput>({
  type: 'settlementRun',
  taskQueue: TASK_QUEUES.payments,
  idPrefix: 'settlement-run',
});
