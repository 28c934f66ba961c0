import { z } from 'zod';
import { FindingId, ReconciliationRunId, TransactionId } from '../ids.ts';
import { defineEvent } from './event.ts';

export const FindingOpened = defineEvent(
  'payments.finding_opened',
  1,
  z.object({
    finding_id: FindingId,
    gateway: z.string(),
    kind: z.string(),
    subject: z.string().describe("The statement's line, the ledger's transfer, or the transaction that it is about."),
    transaction_id: TransactionId.nullable(),
  }),
  {
    says: "A gateway's statement, the ledger and the workflows do not agree; what it comes to in money is in suspense.",
    key: 'finding_id',
  },
);

export const FindingResolved = defineEvent(
  'payments.finding_resolved',
  1,
  z.object({
    finding_id: FindingId,
    gateway: z.string(),
    kind: z.string(),
    resolution: z.string().describe('`matched` and `superseded` by themselves, the others by people.'),
  }),
  { says: 'What did not agree does now, or somebody decided what becomes of it.', key: 'finding_id' },
);

export const ReconciliationCompleted = defineEvent(
  'payments.reconciliation_completed',
  1,
  z.object({
    run_id: ReconciliationRunId,
    gateway: z.string(),
    day: z.iso.date(),
    findings: z.number().int().nonnegative().describe('Those of that day that wait for people.'),
  }),
  { says: "A day of a gateway's statement was held against the ledger and the workflows.", key: 'run_id' },
);
