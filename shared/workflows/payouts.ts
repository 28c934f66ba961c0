import { dataOf } from '../events/event.ts';
import { PayoutReported, PayoutRequested } from '../events/payments-payouts.ts';
import type { Trigger } from './command.ts';
import {
  PAYOUT_REPORTED,
  type PayoutInput,
  type PayoutReportedSignal,
  RefundWorkflow,
  WithdrawalWorkflow,
} from './payout.ts';

const KINDS = { withdrawal: WithdrawalWorkflow, refund: RefundWorkflow } as const;

/** What events ask of withdrawals and of refunds of deposits. */
export const payoutsTrigger: Trigger = {
  types: [PayoutRequested.type, PayoutReported.type],
  command: (event) => {
    const requested = dataOf(PayoutRequested, event);
    if (requested !== undefined) {
      const input: PayoutInput = { transactionId: requested.transaction_id };
      return { do: 'start', kind: KINDS[requested.kind], businessId: requested.transaction_id, input };
    }
    const reported = dataOf(PayoutReported, event);
    if (reported === undefined) return undefined;
    const payload: PayoutReportedSignal = { reportId: reported.report_id };
    return {
      do: 'signal',
      kind: KINDS[reported.kind],
      businessId: reported.transaction_id,
      signal: PAYOUT_REPORTED,
      payload,
    };
  },
};
