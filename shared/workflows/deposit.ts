import type { TransactionStatus } from '../contracts/payments/transaction.ts';
import { defineWorkflow, TASK_QUEUES } from './command.ts';

export type DepositInput = {
  readonly transactionId: string;
  /** How long the payer has, in milliseconds from the start of the workflow. */
  readonly expiresAfterMs: number;
};

/** How a deposit ended. Money that arrives after it expired is credited by the service when the gateway reports it. */
export type DepositOutcome = { readonly status: TransactionStatus };

/** Collects one deposit through a gateway; its id is `payment-<transaction id>`. */
export const DepositWorkflow = defineWorkflow<DepositInput>({
  type: 'deposit',
  taskQueue: TASK_QUEUES.payments,
  idPrefix: 'payment',
});

/** Tells the deposit that the gateway has reported; what it reported is read from the store. */
export const CHARGE_REPORTED = 'charge_reported';

export type ChargeReportedSignal = {
  readonly reportId: string;
  /** What the deposit became by the report; absent where that has to be asked for. */
  readonly status?: TransactionStatus | undefined;
};
