import { AppError } from '#shared/errors.ts';
import type { OrderId, TransactionId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { walletOpened } from '../create-wallet.ts';
import { houseAccountId } from '../ledger/house-accounts.ts';
import { move, postOne, refusal } from '../ledger/post.ts';
import type { PaymentsPorts } from '../ports.ts';
import { findOrderPayment, lockOrderPayment, moveOrderPayment } from '../store/order-payments.ts';
import { insertTransactions, type NewTransaction } from '../store/transactions.ts';
import { openWallet } from '../store/wallets.ts';
import { ORDER_ACTOR, toldOfOrder } from './told-of-order.ts';

type Ports = Pick<PaymentsPorts, 'databases' | 'clock' | 'outbox'>;

/**
 * Pays the merchant what an order captured, into a wallet that is opened if need be. Idempotent by order.
 *
 * @throws {AppError} CONFLICT when nothing is captured, or it was refunded.
 */
export function makeSettleOrder({ databases, clock, outbox }: Ports) {
  const core = databases.of('core');

  return async ({ orderId }: { readonly orderId: OrderId }): Promise<void> => {
    const seen = await findOrderPayment(core, orderId);
    if (seen === undefined || seen.transaction_id === null) throw nothingCaptured();
    const { merchant_id: merchantId, currency } = seen;
    const payableId = await houseAccountId(core, { kind: 'merchant_payable', owner: merchantId, currency });
    const id = newId<TransactionId>('core');

    await core.transaction(async (tx) => {
      const taken = await lockOrderPayment(tx, orderId);
      if (taken?.status === 'settled') return;
      if (taken?.status !== 'captured') throw nothingCaptured();
      const wallet = await openWallet(tx, merchantId, currency, false);
      const legs = move(payableId, wallet.id, taken.amount);
      const outcome = await postOne(tx, { id, kind: 'settlement', legs });
      if (outcome !== 'posted') throw refusal(outcome);
      const at = clock();
      const made: NewTransaction = {
        id,
        walletId: wallet.id,
        userId: merchantId,
        type: 'transfer_in',
        minor: taken.amount,
        currency,
        status: 'completed',
        actor: ORDER_ACTOR,
        at,
        transferId: id,
        counterpartId: taken.customer_id,
        orderId,
        reference: 'order_settled',
      };
      await insertTransactions(tx, [made]);
      await moveOrderPayment(tx, orderId, { status: 'settled', at });
      const told = toldOfOrder(taken, 'settled', undefined, [made]);
      const opened = wallet.opened
        ? walletOpened(wallet.id, merchantId, currency, 'system')
        : { events: [], audit: [] };
      await outbox.append(tx, {
        events: [...opened.events, ...told.events],
        audit: [...opened.audit, ...told.audit],
      });
    });
  };
}

function nothingCaptured(): AppError {
  return new AppError('CONFLICT', { message: 'The order has captured no money' });
}
