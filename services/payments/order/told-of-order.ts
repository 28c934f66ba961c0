import type { TakenRow } from '../store/order-payments.ts';
import { audited, transactionUpdated } from '../told.ts';
import { decimalOf } from '../wire.ts';

/** Who moves an order's money: its workflow. */
export const ORDER_ACTOR = 'order';

/**
 * What is told when an order's money moves.
 *
 * @param payment the status that the customer's payment takes by it
 */
export function toldOfOrder(taken: TakenRow, did: 'captured' | 'released', payment: 'completed' | 'cancelled') {
  const { transaction_id: id, customer_id: userId, wallet_id: walletId, amount: minor, currency } = taken;
  return {
    events: [transactionUpdated({ id, userId, walletId, type: 'payment', status: payment, minor, currency })],
    audit: [
      audited({
        actor: ORDER_ACTOR,
        action: `payments.order_${did}`,
        subject: taken.order_id,
        facts: { amount: decimalOf(minor, currency), currency },
      }),
    ],
  };
}
