import { defineWorkflow, TASK_QUEUES } from './command.ts';

/** Where a search of all verified names has got: a database by its number, and the last case that is done. */
export type RescreeningPlace = { readonly database: number; readonly after: string };

/** `place` is where an earlier run of the same search has stopped; absent to begin. */
export type RescreeningInput = {
  readonly place?: RescreeningPlace;
  readonly screened?: number;
  readonly hits?: number;
};
export type RescreeningOutcome = { readonly screened: number; readonly hits: number };

/** Looks for the names of all who are verified on the lists of sanctions again. Started by a schedule. */
export const RescreeningWorkflow = defineWorkflow<RescreeningInput>({
  type: 'rescreening',
  taskQueue: TASK_QUEUES.verification,
  idPrefix: 'rescreening',
});
