import { AppError } from '#shared/errors.ts';
import type { OrderId } from '#shared/ids.ts';
import { houseAccountId } from '../ledger/house-accounts.ts';
import { postHold } from '../ledger/hold.ts';
import type { PaymentsPorts } from '../ports.ts';
import { findOrderPayment, lockOrderPayment, moveOrderPayment } from '../store/order-payments.ts';
import { endTransaction } from '../store/transactions.ts';
import { ORDER_ACTOR, toldOfOrder } from './told-of-order.ts';

type Ports = Pick<PaymentsPorts, 'databases' | 'clock' | 'outbox'>;

/**
 * Takes what an order held: it now belongs to the merchant, who gets it when the order is settled. Idempotent by order.
 *
 * @throws {AppError} CONFLICT when nothing is held.
 */
export function makeCaptureOrder({ databases, clock, outbox }: Ports) {
  const core = databases.of('core');

  return async ({ orderId }: { readonly orderId: OrderId }): Promise<void> => {
    const seen = await findOrderPayment(core, orderId);
    if (seen === undefined || seen.transaction_id === null) throw nothingHeld();
    const payableId = await houseAccountId(core, {
      kind: 'merchant_payable',
      owner: seen.merchant_id,
      currency: seen.currency,
    });
    await core.transaction(async (tx) => {
      const taken = await lockOrderPayment(tx, orderId);
      if (taken === undefined || taken.transaction_id === null || taken.status === 'released') throw nothingHeld();
      if (taken.status !== 'held') return;
      // The transfer's id is the payment's, so that no second one can ever be posted for it.
      const at = clock();
      const parts = [{ accountId: payableId, minor: taken.amount }];
      await postHold(tx, taken.hold_id, { transferId: taken.transaction_id, kind: 'capture', parts, at });
      const ending = {
        status: 'completed',
        actor: ORDER_ACTOR,
        reason: null,
        transferId: taken.transaction_id,
        at,
      } as const;
      await endTransaction(tx, taken.transaction_id, ending);
      await moveOrderPayment(tx, orderId, { status: 'captured', at });
      await outbox.append(tx, toldOfOrder(taken, 'captured', 'completed'));
    });
  };
}

function nothingHeld(): AppError {
  return new AppError('CONFLICT', { message: 'The order holds no money' });
}
