import { dataOf } from '../events/event.ts';
import { ChargeReported, DepositRequested } from '../events/payments.ts';
import type { Trigger } from './command.ts';
import { CHARGE_REPORTED, type ChargeReportedSignal, type DepositInput, DepositWorkflow } from './deposit.ts';

/** What events ask of deposits. */
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
    const payload: ChargeReportedSignal = { reportId: reported.report_id, status: reported.transaction_status };
    return {
      do: 'signal',
      kind: DepositWorkflow,
      businessId: reported.transaction_id,
      signal: CHARGE_REPORTED,
      payload,
    };
  },
};
