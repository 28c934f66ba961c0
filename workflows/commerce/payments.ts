/** The payments' side of an order, served on the payments' task queue. Each is idempotent on the order. */
export interface OrderPayments {
  holdForOrder(order: {
    orderId: string;
    customerId: string;
    walletId: string;
    merchantId: string;
    amount: string;
    currency: string;
  }): Promise<{ type: 'held'; transactionId: string } | { type: 'declined'; reason: string }>;
  captureOrder(order: { orderId: string }): Promise<unknown>;
  releaseOrder(order: { orderId: string }): Promise<unknown>;
  refundOrder(order: { orderId: string; reason: string }): Promise<unknown>;
  settleOrder(order: { orderId: string }): Promise<unknown>;
}
