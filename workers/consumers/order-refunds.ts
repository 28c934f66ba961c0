import type { Consumer } from '#shared/events/bus.ts';
import { dataOf } from '#shared/events/event.ts';
import { OrderRefunded } from '#shared/events/payments-trade.ts';
import type { OrderId } from '#shared/ids.ts';

export type OrderRefundsPorts = {
  readonly recordRefund: (refund: {
    readonly orderId: OrderId;
    readonly refundedAmount: string;
    readonly isWhole: boolean;
  }) => Promise<void>;
};

/** Has orders show what their customers got back. The event tells the whole sum so far, so a repeat is harmless. */
export function makeOrderRefunds({ recordRefund }: OrderRefundsPorts): Consumer {
  return {
    group: 'order-refunds',
    types: [OrderRefunded.type],
    handle: async (events) => {
      for (const event of events) {
        const refunded = dataOf(OrderRefunded, event);
        if (refunded === undefined) continue;
        const { order_id: orderId, refunded_amount: refundedAmount, is_whole: isWhole } = refunded;
        await recordRefund({ orderId, refundedAmount, isWhole });
      }
    },
  };
}
