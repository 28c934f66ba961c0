import { AppError, unreachable } from '#shared/errors.ts';
import type { OrderId, TransactionId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import type { Tx } from '#shared/sql.ts';
import { houseAccountId } from '../ledger/house-accounts.ts';
import { move, postOne, refusal } from '../ledger/post.ts';
import type { PaymentsPorts } from '../ports.ts';
import {
  findOrderPayment,
  insertUntaken,
  lockOrderPayment,
  moveOrderPayment,
  type TakenRow,
} from '../store/order-payments.ts';
import { insertTransactions, type NewTransaction } from '../store/transactions.ts';
import { givenBack, release } from './release-order.ts';
import { ORDER_ACTOR, toldOfOrder } from './told-of-order.ts';

type Ports = Pick<PaymentsPorts, 'databases' | 'clock' | 'outbox'>;

export type RefundOrder = {
  readonly orderId: OrderId;
  /** A word for the history, such as `cancelled_by_merchant`. */
  readonly reason: string;
};

/**
 * Gives an order's money back to its customer, wherever it is: captured money returns as a refund, held money is
 * released, and an order that took nothing takes nothing later. Idempotent by order.
 *
 * @throws {AppError} CONFLICT when the merchant has been paid.
 */
export function makeRefundOrder(ports: Ports) {
  const core = ports.databases.of('core');

  return async ({ orderId, reason }: RefundOrder): Promise<void> => {
    const seen = await findOrderPayment(core, orderId);
    const payableId =
      seen === undefined || seen.transaction_id === null
        ? undefined
        : await houseAccountId(core, { kind: 'merchant_payable', owner: seen.merchant_id, currency: seen.currency });
    await core.transaction(async (tx) => {
      const taken = await lockOrderPayment(tx, orderId);
      if (taken === undefined) return await insertUntaken(tx, orderId);
      if (taken.transaction_id === null) return;
      switch (taken.status) {
        case 'held':
          return await release(ports, tx, taken);
        case 'captured':
          return await refund(tx, taken, payableId, reason);
        case 'settled':
          throw new AppError('CONFLICT', { message: 'The merchant has been paid' });
        case 'released':
        case 'refunded':
          return;
        default:
          unreachable(taken);
      }
    });
  };

  async function refund(tx: Tx, taken: TakenRow, payableId: string | undefined, reason: string): Promise<void> {
    // It was not there a moment ago; the next try sees it and knows the merchant's account.
    if (payableId === undefined) throw new AppError('RETRY_LATER');
    const id = newId<TransactionId>('core');
    const legs = move(payableId, taken.wallet_id, taken.amount);
    const outcome = await postOne(tx, { id, kind: 'refund', legs, spending: givenBack(taken) });
    if (outcome !== 'posted') throw refusal(outcome);
    const at = ports.clock();
    const made: NewTransaction = {
      id,
      walletId: taken.wallet_id,
      userId: taken.customer_id,
      type: 'refund',
      minor: taken.amount,
      currency: taken.currency,
      status: 'completed',
      actor: ORDER_ACTOR,
      at,
      transferId: id,
      counterpartId: taken.merchant_id,
      orderId: taken.order_id,
      refundOf: taken.transaction_id,
      reference: reason,
    };
    await insertTransactions(tx, [made]);
    await moveOrderPayment(tx, taken.order_id, { status: 'refunded', at });
    await ports.outbox.append(tx, toldOfOrder(taken, 'refunded', undefined, [made]));
  }
}
