import type { Order } from '#shared/contracts/commerce/order.ts';
import type { TransactionBody } from '#shared/contracts/payments/transaction.ts';
import type { MoneyRequestBody } from '#shared/contracts/payments/requests.ts';
import type { WalletBody } from '#shared/contracts/payments/wallets.ts';
import type { Consumer } from '#shared/events/bus.ts';
import { OrderUpdated } from '#shared/events/commerce.ts';
import { dataOf, type StoredEvent } from '#shared/events/event.ts';
import { MoneyRequestUpdated, TransactionUpdated, WalletUpdated } from '#shared/events/payments.ts';
import { CaseChanged } from '#shared/events/verification.ts';
import type { CaseId, MoneyRequestId, OrderId, TransactionId, UserId, WalletId } from '#shared/ids.ts';
import type { ResourceUpdate, UserEventName } from '#shared/sockets/server-events.ts';

export type LiveUpdatePorts = {
  /** The order as one of its sides may see it; undefined when it is gone. */
  readonly orderFor: (userId: UserId, id: OrderId) => Promise<Order | undefined>;
  readonly transactionFor: (userId: UserId, id: TransactionId) => Promise<TransactionBody>;
  readonly walletFor: (userId: UserId, id: WalletId) => Promise<WalletBody>;
  readonly moneyRequestFor: (userId: UserId, id: MoneyRequestId) => Promise<MoneyRequestBody>;
  /** The case as its applicant sees it: as GET /kyc/status, or as the verification of the shop. */
  readonly caseFor: (id: CaseId) => Promise<object>;
  readonly emitToUsers: (userIds: readonly UserId[], event: UserEventName, data: ResourceUpdate) => void;
};

/**
 * Tells people's open apps what happened to their orders, payments and verification.
 *
 * The resource is read when the event is handled, so a late event shows the state of now, never one that has passed.
 * A socket that misses it finds the same by HTTP, so nothing is owed here: a repeat after a crash is harmless.
 */
export function makeLiveUpdates({
  orderFor,
  transactionFor,
  walletFor,
  moneyRequestFor,
  caseFor,
  emitToUsers,
}: LiveUpdatePorts): Consumer {
  async function tell(event: StoredEvent): Promise<void> {
    const orderStep = dataOf(OrderUpdated, event);
    if (orderStep !== undefined) {
      const order = await orderFor(orderStep.customer_id, orderStep.order_id);
      if (order === undefined) return;
      emitToUsers([orderStep.customer_id, orderStep.owner_id], 'order:updated', { ...order, step: orderStep.step });
      return;
    }
    const caseStep = dataOf(CaseChanged, event);
    if (caseStep !== undefined) {
      emitToUsers([caseStep.owner_id], 'kyc:updated', { ...(await caseFor(caseStep.case_id)), step: caseStep.step });
      return;
    }
    const wallet = dataOf(WalletUpdated, event);
    if (wallet !== undefined) {
      const now = await walletFor(wallet.user_id, wallet.wallet_id);
      emitToUsers([wallet.user_id], 'wallet:updated', { ...now, step: wallet.step });
      return;
    }
    const asked = dataOf(MoneyRequestUpdated, event);
    if (asked !== undefined) {
      // Each side sees its own view of it.
      for (const side of [asked.requester_id, asked.payer_id]) {
        const now = await moneyRequestFor(side, asked.request_id);
        emitToUsers([side], 'money_request:updated', { ...now, step: asked.status });
      }
      return;
    }
    const payment = dataOf(TransactionUpdated, event);
    if (payment === undefined) return;
    const transaction = await transactionFor(payment.user_id, payment.transaction_id);
    emitToUsers([payment.user_id], 'payment:updated', { ...transaction, step: payment.status });
  }

  return {
    group: 'live-updates',
    types: [OrderUpdated.type, TransactionUpdated.type, WalletUpdated.type, MoneyRequestUpdated.type, CaseChanged.type],
    handle: async (events) => {
      for (const event of events) await tell(event);
    },
  };
}
