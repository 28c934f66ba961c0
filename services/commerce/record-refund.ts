import { AppError } from '#shared/errors.ts';
import { OrderUpdated } from '#shared/events/commerce.ts';
import { happened } from '#shared/events/event.ts';
import type { OrderId } from '#shared/ids.ts';
import { parseMoney } from '#shared/money.ts';
import type { CommercePorts } from './ports.ts';
import { addRefunded, findOrder } from './store/order-store.ts';

export type RecordRefund = {
  readonly orderId: OrderId;
  /** A decimal string: what was given back so far, this time included. */
  readonly refundedAmount: string;
  readonly isWhole: boolean;
};

/**
 * Writes down what went back to an order's customer, as payments tell it. An order of which a part went back stays paid;
 * one of which all did is refunded, and its workflow brings it to its end. Earlier news that comes later changes nothing.
 */
export function makeRecordRefund({ databases, outbox, clock }: Pick<CommercePorts, 'databases' | 'outbox' | 'clock'>) {
  const core = databases.of('core');

  return async ({ orderId, refundedAmount, isWhole }: RecordRefund): Promise<void> => {
    const order = await findOrder(core, orderId);
    if (order === undefined) throw new AppError('NOT_FOUND', { message: 'There is no such order' });
    const money = parseMoney(refundedAmount, order.currency);
    if (typeof money === 'string') throw new TypeError(`${refundedAmount} ${order.currency} ${money}`);
    await core.transaction(async (tx) => {
      const after = await addRefunded(tx, orderId, money.minor, isWhole, clock());
      if (after === undefined) return;
      const told = {
        order_id: orderId,
        shop_id: after.shop_id,
        customer_id: after.customer_id,
        owner_id: after.owner_id,
        status: after.status,
        payment_status: after.payment_status,
        step: isWhole ? 'money_returned' : 'partial_refund',
      };
      await outbox.append(tx, {
        events: [happened(OrderUpdated, orderId, told)],
        audit: [
          {
            actor: 'payments',
            action: 'commerce.order_refund_recorded',
            subject: orderId,
            region: 'core',
            outcome: 'ok',
            facts: { refunded_amount: refundedAmount, currency: order.currency },
          },
        ],
      });
    });
  };
}
