import { OrderPlaced } from '../events/commerce.ts';
import { dataOf } from '../events/event.ts';
import type { Trigger } from './command.ts';
import { OrderRefunded } from '../events/payments-trade.ts';
import { MONEY_RETURNED, type OrderInput, OrderWorkflow } from './order.ts';

/** A placed order starts its workflow, which hears when a merchant has given all of its money back. */
export const commerceTrigger: Trigger = {
  types: [OrderPlaced.type, OrderRefunded.type],
  command: (event) => {
    const refunded = dataOf(OrderRefunded, event);
    if (refunded?.is_whole === true) {
      return {
        do: 'signal',
        kind: OrderWorkflow,
        businessId: refunded.order_id,
        signal: MONEY_RETURNED,
        payload: {},
      };
    }
    const placed = dataOf(OrderPlaced, event);
    if (placed === undefined) return undefined;
    const input: OrderInput = {
      orderId: placed.order_id,
      customerId: placed.customer_id,
      ownerId: placed.owner_id,
      walletId: placed.wallet_id,
      amount: placed.amount,
      currency: placed.currency,
      confirmWithinMs: placed.confirm_within_ms,
      autoDeliverAfterMs: placed.auto_deliver_after_ms,
      disputeWindowMs: placed.dispute_window_ms,
    };
    return { do: 'start', kind: OrderWorkflow, businessId: placed.order_id, input };
  },
};
