import type { PrivacySubject } from '../privacy.ts';
import { defineWorkflow, TASK_QUEUES } from './command.ts';

export type ErasureInput = PrivacySubject & {
  /** ISO 8601: nothing is erased before. */
  readonly eraseAt: string;
  /** Milliseconds after which a domain that still needs something is asked again. */
  readonly askAgainAfterMs: number;
};
export type ErasureOutcome = { readonly outcome: 'erased' | 'cancelled' };

/** Waits out the time to think better of it, and then erases a person domain by domain. Its id is `erasure-<request>`. */
export const ErasureWorkflow = defineWorkflow<ErasureInput>({
  type: 'erasePerson',
  taskQueue: TASK_QUEUES.auth,
  idPrefix: 'erasure',
});
/** The request was taken back. */
export const ERASURE_CANCELLED_SIGNAL = 'cancelled';

export type ExportInput = PrivacySubject & {
  /** How long the file can be fetched, in milliseconds. */
  readonly keptForMs: number;
};
export type ExportOutcome = { readonly outcome: 'expired' | 'withdrawn' };

/** Gathers a person's data domain by domain, and removes the file when its time is over. Its id is `export-<request>`. */
export const ExportWorkflow = defineWorkflow<ExportInput>({
  type: 'exportPerson',
  taskQueue: TASK_QUEUES.auth,
  idPrefix: 'export',
});
