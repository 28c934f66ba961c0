import { dataOf } from '../events/event.ts';
import { DisputeChanged, DisputeOpened } from '../events/payments-trade.ts';
import type { Trigger } from './command.ts';
import { DISPUTE_CHANGED, type DisputeChangedSignal, type DisputeInput, DisputeWorkflow } from './dispute.ts';

/** A dispute that is opened starts its workflow, which hears of each change. */
export const disputeTrigger: Trigger = {
  types: [DisputeOpened.type, DisputeChanged.type],
  command: (event) => {
    const opened = dataOf(DisputeOpened, event);
    if (opened !== undefined) {
      const input: DisputeInput = {
        disputeId: opened.dispute_id,
        answerWithinMs: opened.answer_within_ms,
        reviewWithinMs: opened.review_within_ms,
      };
      return { do: 'start', kind: DisputeWorkflow, businessId: opened.dispute_id, input };
    }
    const changed = dataOf(DisputeChanged, event);
    if (changed === undefined) return undefined;
    const payload: DisputeChangedSignal = { status: changed.status };
    return { do: 'signal', kind: DisputeWorkflow, businessId: changed.dispute_id, signal: DISPUTE_CHANGED, payload };
  },
};
