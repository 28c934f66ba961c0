import { z } from 'zod';
import { TransactionId } from '../ids.ts';
import { defineEvent } from './event.ts';

const KINDS = ['withdrawal', 'refund'] as const;

export const PayoutRequested = defineEvent(
  'payments.payout_requested',
  1,
  z.object({ transaction_id: TransactionId, kind: z.enum(KINDS), gateway: z.string() }),
  {
    says: 'Money is held that is to leave through a gateway; starts the workflow that sends it.',
    key: 'transaction_id',
  },
);

export const PayoutReported = defineEvent(
  'payments.payout_reported',
  1,
  z.object({
    transaction_id: TransactionId,
    kind: z.enum(KINDS),
    gateway: z.string(),
    report_id: z.string().describe("The gateway's own id of the report."),
    status: z.enum(['paid', 'failed', 'returned']),
  }),
  { says: 'A gateway reported on money that it was to pay out, and its signature was good.', key: 'transaction_id' },
);
