import type { NewTransaction } from '../store/transactions.ts';
import type { TakenRow } from '../store/order-payments.ts';
import { audited, transactionUpdated } from '../told.ts';
import { decimalOf } from '../wire.ts';

/** Who moves an order's money: its workflow. */
export const ORDER_ACTOR = 'order';

/**
 * What is told when an order's money moves.
 *
 * @param payment the status that the customer's payment takes by it, if any
 * @param made the transactions that it makes
 */
export function toldOfOrder(
  taken: TakenRow,
  did: 'captured' | 'released' | 'refunded' | 'settled',
  payment: 'completed' | 'cancelled' | undefined,
  made: readonly NewTransaction[] = [],
) {
  const { transaction_id: id, customer_id: userId, wallet_id: walletId, amount: minor, currency } = taken;
  const changed =
    payment === undefined ? [] : [{ id, userId, walletId, type: 'payment', status: payment, minor, currency } as const];
  return {
    events: [...changed, ...made].map(transactionUpdated),
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
