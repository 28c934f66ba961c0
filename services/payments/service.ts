import { makeDecideAlert, makeListAlerts } from './compliance/alerts.ts';
import { makeCreateWallet } from './create-wallet.ts';
import { makeCollectCharge } from './deposit/collect-charge.ts';
import { makePaymentPage } from './deposit/payment-page.ts';
import { makeReceiveWebhook } from './deposit/receive-webhook.ts';
import { makeGetTransaction } from './get-transaction.ts';
import { makeListTransactions } from './list-transactions.ts';
import { makeListWallets } from './list-wallets.ts';
import { makeCaptureOrder } from './order/capture-order.ts';
import { makeHoldForOrder } from './order/hold-for-order.ts';
import { makeRefundOrder } from './order/refund-order.ts';
import { makeReleaseOrder } from './order/release-order.ts';
import { makeSettleOrder } from './order/settle-order.ts';
import type { PaymentsPorts } from './ports.ts';
import { makeRequestDeposit } from './request-deposit.ts';
import { makeSendTransfer } from './send-transfer.ts';

/** Everything that payments do, for routes and activities. */
export function makePayments(ports: PaymentsPorts) {
  return {
    listWallets: makeListWallets(ports),
    createWallet: makeCreateWallet(ports),
    requestDeposit: makeRequestDeposit(ports),
    sendTransfer: makeSendTransfer(ports),
    listTransactions: makeListTransactions(ports),
    getTransaction: makeGetTransaction(ports),
    paymentPage: makePaymentPage(ports),
    receiveWebhook: makeReceiveWebhook(ports),
    ...makeCollectCharge(ports),
    holdForOrder: makeHoldForOrder(ports),
    captureOrder: makeCaptureOrder(ports),
    releaseOrder: makeReleaseOrder(ports),
    refundOrder: makeRefundOrder(ports),
    settleOrder: makeSettleOrder(ports),
    listAlerts: makeListAlerts(ports),
    decideAlert: makeDecideAlert(ports),
  };
}

export type PaymentsService = ReturnType<typeof makePayments>;
