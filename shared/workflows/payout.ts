import type { TransactionStatus } from '../contracts/payments/transaction.ts';
import { defineWorkflow, TASK_QUEUES } from './command.ts';

export type PayoutInput = { readonly transactionId: string };

/** How money that was to leave ended: completed, or failed and back in the wallet. */
export type PayoutOutcome = { readonly status: TransactionStatus };

/** Pays one withdrawal out through a gateway; its id is `payment-<transaction id>`. */
export const WithdrawalWorkflow = defineWorkflow<PayoutInput>({
  type: 'withdrawal',
  taskQueue: TASK_QUEUES.payments,
  idPrefix: 'payment',
});

/** Has a gateway give one deposit, or a part of it, back; its id is `payment-<transaction id>` of the refund. */
export const RefundWorkflow = defineWorkflow<PayoutInput>({
  type: 'refund',
  taskQueue: TASK_QUEUES.payments,
  idPrefix: 'payment',
});

/** Tells the story that the gateway has reported; what it reported is read from the store. */
export const PAYOUT_REPORTED = 'payout_reported';

export type PayoutReportedSignal = { readonly reportId: string };
