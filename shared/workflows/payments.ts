import type { TransactionStatus } from '../contracts/payments.ts';
import { ChargeReported, DepositRequested } from '../events/payments.ts';
import { dataOf } from '../events/event.ts';
import { TASK_QUEUES, type Trigger, defineWorkflow } from './command.ts';

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

export type ChargeReportedSignal = { readonly reportId: string };

export const paymentsTrigger: Trigger = {
  types: [DepositRequested.type, ChargeReported.type],
  command: (event) => {
    const requested = dataOf(DepositRequested, event);
    if (requested !== undefined) {
      const input: DepositInput = {
        transactionId: requested.transaction_id,
        expiresAfterMs: requested.expires_after_ms,
      };
      return { do: 'start', kind: DepositWorkflow, businessId: requested.transaction_id, input };
    }
    const reported = dataOf(ChargeReported, event);
    if (reported === undefined) return undefined;
    const payload: ChargeReportedSignal = { reportId: reported.report_id };
    return {
      do: 'signal',
      kind: DepositWorkflow,
      businessId: reported.transaction_id,
      signal: CHARGE_REPORTED,
      payload,
    };
  },
};
