import { AppError, unreachable } from '#shared/errors.ts';
import type { OrderId } from '#shared/ids.ts';
import { houseAccountId } from '../ledger/house-accounts.ts';
import type { PaymentsPorts } from '../ports.ts';
import { findOrderPayment, insertUntaken, lockOrderPayment } from '../store/order-payments.ts';
import { giveBack } from './give-back.ts';
import { release } from './release-order.ts';
import { ORDER_ACTOR } from './told-of-order.ts';

type Ports = Pick<PaymentsPorts, 'databases' | 'clock' | 'outbox'>;

export type RefundOrder = {
  readonly orderId: OrderId;
  /** A word for the history, such as `cancelled_by_merchant`. */
  readonly reason: string;
};

/**
 * Gives an order's money back to its customer, wherever it is: what is left of captured money returns as a refund, held
 * money is released, and an order that took nothing takes nothing later. Idempotent by order.
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
        case 'captured': {
          // It was not there a moment ago; the next try sees it and knows the merchant's account.
          if (payableId === undefined) throw new AppError('RETRY_LATER');
          const minor = taken.amount - taken.refunded;
          await giveBack(ports, tx, taken, { minor, payableId, actor: ORDER_ACTOR, reason, kind: 'refund' });
          return;
        }
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
}
