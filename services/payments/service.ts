import { makeDecideAlert, makeListAlerts } from './compliance/alerts.ts';
import { makeCopyParty } from './compliance/barred.ts';
import { makeConvert } from './conversion/convert.ts';
import { makeRequestQuote } from './conversion/request-quote.ts';
import { makeAcceptRate, makeShowFx } from './conversion/seen-by-ops.ts';
import { makeReadTravelRecord } from './compliance/travel.ts';
import { makeCreateWallet } from './create-wallet.ts';
import { makeCollectCharge } from './deposit/collect-charge.ts';
import { makeGatewayHealth } from './deposit/gateway-health.ts';
import { makePaymentPage } from './deposit/payment-page.ts';
import { makeReceiveWebhook } from './deposit/receive-webhook.ts';
import { makeParseCode } from './emv-qr/parse-code.ts';
import { makeWalletCode } from './emv-qr/wallet-code.ts';
import { makeAnswerDispute } from './dispute/answer-dispute.ts';
import { makeDecideDispute } from './dispute/decide-dispute.ts';
import { makeKeepDeadlines } from './dispute/keep-deadlines.ts';
import { makeOpenDispute } from './dispute/open-dispute.ts';
import { makeReadDisputes } from './dispute/read-disputes.ts';
import { makeGetTransaction } from './get-transaction.ts';
import { makeListTransactions } from './list-transactions.ts';
import { makeListWallets } from './list-wallets.ts';
import { makeCaptureOrder } from './order/capture-order.ts';
import { makeHoldForOrder } from './order/hold-for-order.ts';
import { makeRefundOrderPayment } from './order/refund-order-payment.ts';
import { makeRefundOrder } from './order/refund-order.ts';
import { makeReleaseOrder } from './order/release-order.ts';
import { makeSettleOrder } from './order/settle-order.ts';
import { makeListPayoutMethods } from './payout/list-payout-methods.ts';
import { makeRefundDeposit } from './payout/refund-deposit.ts';
import { makeRefundTransaction } from './payout/refund-transaction.ts';
import { makeRequestWithdrawal } from './payout/request-withdrawal.ts';
import { makeSendPayout } from './payout/send-payout.ts';
import type { PaymentsPorts } from './ports.ts';
import { makeDecideFinding } from './reconciliation/decide-finding.ts';
import { makeReadReconciliation } from './reconciliation/reports.ts';
import { makeRequestDeposit } from './request-deposit.ts';
import { makeSendTransfer } from './send-transfer.ts';
import { makeGetReceipt } from './receipt/get-receipt.ts';
import { makeAskForMoney } from './request/ask-for-money.ts';
import { makeEndRequest } from './request/end-request.ts';
import { makePayRequest } from './request/pay-request.ts';
import { makeReadRequests } from './request/read-requests.ts';
import { makeRunSettlements } from './settlement/run-settlements.ts';
import { makeSettlements } from './settlement/settlements.ts';
import { makeFreezeWallet } from './wallet/freeze-wallet.ts';
import { makeGetStatement } from './wallet/get-statement.ts';
import { makeNoteOverHeldMax } from './wallet/note-over-held-max.ts';
import { makeOwnWallet } from './wallet/own-wallet.ts';

/** Everything that payments do, for routes and activities. */
export function makePayments(ports: PaymentsPorts) {
  const refundOrderPayment = makeRefundOrderPayment(ports);
  const health = makeGatewayHealth({ core: ports.databases.of('core'), meters: ports.gatewayMeters, log: ports.log });
  return {
    listWallets: makeListWallets(ports),
    createWallet: makeCreateWallet(ports),
    ...makeOwnWallet(ports),
    ...makeFreezeWallet(ports),
    getStatement: makeGetStatement(ports),
    ...makeGetReceipt(ports),
    askForMoney: makeAskForMoney(ports),
    ...makeReadRequests(ports),
    ...makeEndRequest(ports),
    payMoneyRequest: makePayRequest(ports),
    noteOverHeldMax: makeNoteOverHeldMax(ports),
    requestDeposit: makeRequestDeposit({ ...ports, health }),
    sendTransfer: makeSendTransfer(ports),
    parseCode: makeParseCode(ports),
    walletCode: makeWalletCode(ports),
    requestQuote: makeRequestQuote(ports),
    convert: makeConvert(ports),
    showFx: makeShowFx(ports),
    acceptRate: makeAcceptRate(ports),
    listTransactions: makeListTransactions(ports),
    getTransaction: makeGetTransaction(ports),
    paymentPage: makePaymentPage(ports),
    receiveWebhook: makeReceiveWebhook(ports),
    ...makeCollectCharge({ ...ports, health }),
    listPayoutMethods: makeListPayoutMethods(ports),
    requestWithdrawal: makeRequestWithdrawal(ports),
    refundTransaction: makeRefundTransaction({ ...ports, refundDeposit: makeRefundDeposit(ports), refundOrderPayment }),
    ...makeSendPayout(ports),
    holdForOrder: makeHoldForOrder(ports),
    captureOrder: makeCaptureOrder(ports),
    releaseOrder: makeReleaseOrder(ports),
    refundOrder: makeRefundOrder(ports),
    ...makeReadReconciliation(ports),
    decideFinding: makeDecideFinding(ports),
    settleOrder: makeSettleOrder(ports),
    refundOrderPayment,
    runSettlements: makeRunSettlements(ports),
    ...makeSettlements(ports),
    openDispute: makeOpenDispute(ports),
    ...makeAnswerDispute(ports),
    ...makeReadDisputes(ports),
    decideDispute: makeDecideDispute(ports),
    ...makeKeepDeadlines(ports),
    listAlerts: makeListAlerts(ports),
    /** Copies whether a list has someone's name, for the consumer of verification's news. */
    copyParty: makeCopyParty(ports),
    readTravelRecord: makeReadTravelRecord(ports),
    decideAlert: makeDecideAlert(ports),
  };
}

export type PaymentsService = ReturnType<typeof makePayments>;
