import { withFailures } from '#activities/failure.ts';
import type { HoldForOrder, HoldOutcome } from '#services/payments/order/hold-for-order.ts';
import type { RefundOrder } from '#services/payments/order/refund-order.ts';
import type { SettleOutcome } from '#services/payments/order/settle-order.ts';
import type { RunStep } from '#services/payments/settlement/run-settlements.ts';
import type { PaymentsService } from '#services/payments/service.ts';
import type { DisputeStatus } from '#shared/contracts/payments/disputes.ts';
import type { TransactionStatus } from '#shared/contracts/payments/transaction.ts';
import type { DisputeId, OrderId, TransactionId } from '#shared/ids.ts';

type Deposit = { readonly transactionId: string };
type PayoutStep = { readonly transactionId: string };
type Order = { readonly orderId: string };
type Disputed = { readonly disputeId: string };

/** What an order's workflow knows when it wants its price held; ids as they travel in JSON. */
export type HoldForOrderInput = { readonly [Field in keyof HoldForOrder]: string };

/**
 * The steps of payments: those of the workflows of deposits, withdrawals and refunds, and those that an order's workflow takes. Each is idempotent on
 * its transaction or order, and none waits for anything but the database and one call of the gateway.
 */
export function makePaymentActivities({ payments }: { readonly payments: PaymentsService }) {
  return withFailures({
    createCharge: async ({ transactionId }: Deposit): Promise<TransactionStatus> =>
      await payments.createCharge(transactionId as TransactionId),

    checkCharge: async ({ transactionId }: Deposit): Promise<TransactionStatus> =>
      await payments.checkCharge(transactionId as TransactionId),

    expireCharge: async ({ transactionId }: Deposit): Promise<TransactionStatus> =>
      await payments.expireCharge(transactionId as TransactionId),

    sendPayout: async ({ transactionId }: PayoutStep): Promise<TransactionStatus> =>
      await payments.sendPayout(transactionId as TransactionId),

    checkPayout: async ({ transactionId }: PayoutStep): Promise<TransactionStatus> =>
      await payments.checkPayout(transactionId as TransactionId),

    holdForOrder: async (order: HoldForOrderInput): Promise<HoldOutcome> =>
      await payments.holdForOrder(order as HoldForOrder),

    captureOrder: async ({ orderId }: Order): Promise<void> =>
      await payments.captureOrder({ orderId: orderId as OrderId }),

    releaseOrder: async ({ orderId }: Order): Promise<void> =>
      await payments.releaseOrder({ orderId: orderId as OrderId }),

    refundOrder: async ({ orderId, reason }: Order & Pick<RefundOrder, 'reason'>): Promise<void> =>
      await payments.refundOrder({ orderId: orderId as OrderId, reason }),

    settleOrder: async ({ orderId }: Order): Promise<SettleOutcome> =>
      await payments.settleOrder({ orderId: orderId as OrderId }),

    missDisputeAnswer: async ({ disputeId }: Disputed): Promise<DisputeStatus> =>
      await payments.missDisputeAnswer(disputeId as DisputeId),

    escalateDispute: async ({ disputeId }: Disputed): Promise<DisputeStatus> =>
      await payments.escalateDispute(disputeId as DisputeId),

    runSettlements: async (from: { readonly after?: string }): Promise<RunStep> => await payments.runSettlements(from),
  });
}

export type PaymentActivities = ReturnType<typeof makePaymentActivities>;
