import type { HoldForOrder } from '#services/payments/order/hold-for-order.ts';
import type { SettlementTerms } from '#services/payments/ports.ts';
import type { Caller } from '#shared/caller.ts';
import type { TransactionBody } from '#shared/contracts/payments/transaction.ts';
import type { OrderId, TransactionId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { newKey, openPayments } from './open-payments.ts';

const EVERYTHING = { walletId: undefined, type: undefined, from: undefined, to: undefined, cursor: undefined };

const TERMS: SettlementTerms = { inRuns: false, fees: 'standard' };

/** A customer with 1000.00, a merchant without a wallet, and an order of 300.00. */
export async function openOrder(settlement = TERMS) {
  const scene = await openPayments({ settlement });
  const { payments } = scene;
  const { caller: customer, walletId } = await scene.someoneWith('1000.00');
  const merchant = scene.someone();
  const orderId = newId<OrderId>('core');
  const order: HoldForOrder = {
    orderId,
    customerId: customer.userId,
    walletId,
    merchantId: merchant.userId,
    amount: '300.00',
    currency: 'THB',
  };
  const hold = (changes: Partial<HoldForOrder> = {}) => payments.holdForOrder({ ...order, ...changes });

  return {
    ...scene,
    customer,
    merchant,
    walletId,
    orderId,
    hold,
    capture: () => payments.captureOrder({ orderId }),
    release: () => payments.releaseOrder({ orderId }),
    refund: () => payments.refundOrder({ orderId, reason: 'returned' }),
    settle: () => payments.settleOrder({ orderId }),

    /** Holds and captures, and answers the customer's payment. */
    pay: async (changes: Partial<HoldForOrder> = {}): Promise<TransactionId> => {
      const held = await hold(changes);
      if (held.type !== 'held') throw new Error(held.reason);
      await payments.captureOrder({ orderId: changes.orderId ?? orderId });
      return held.transactionId;
    },
    /** The merchant gives back a part of it, or what is left. */
    giveBack: (transactionId: TransactionId, amount?: string, by: Caller = merchant, key = newKey()) =>
      payments.refundOrderPayment(by, { transactionId, amount }, key),

    purse: async (): Promise<string[]> => {
      const { balance, frozen_balance, available_balance, used_this_month } = await scene.wallet(customer);
      return [balance, frozen_balance, available_balance, used_this_month];
    },
    /** What someone sees of the order, newest first. */
    transactions: async (of: Caller = customer): Promise<TransactionBody[]> => {
      const { transactions } = await payments.listTransactions(of, { ...EVERYTHING, limit: 100 });
      return transactions.filter(({ order_id }) => order_id === orderId);
    },
    history: async (of: Caller = customer): Promise<string[][]> => {
      const { transactions } = await payments.listTransactions(of, { ...EVERYTHING, limit: 100 });
      return transactions
        .filter(({ order_id }) => order_id === orderId)
        .map(({ type, status, amount }) => [type, status, amount]);
    },
  };
}

export type OrderScene = Awaited<ReturnType<typeof openOrder>>;
