import { OrderPlaced } from '../events/commerce.ts';
import { dataOf } from '../events/event.ts';
import type { Trigger } from './command.ts';
import { type OrderInput, OrderWorkflow } from './order.ts';

/** A placed order starts its workflow. */
export const commerceTrigger: Trigger = {
  types: [OrderPlaced.type],
  command: (event) => {
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
