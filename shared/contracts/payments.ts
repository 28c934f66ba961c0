import type { Call } from '../http/call.ts';
import { decideMoneyAlert, listMoneyAlerts } from './payments/alerts.ts';
import { acceptRate, createConversion, createQuote, showFx } from './payments/conversions.ts';
import { createDeposit, listPaymentMethods, openPaymentPage, receiveGatewayWebhook } from './payments/deposits.ts';
import {
  answerDispute,
  decideDispute,
  getDispute,
  getOpsDispute,
  listDisputes,
  listOpsDisputes,
  openDispute,
  withdrawDispute,
} from './payments/disputes.ts';
import { getTransaction, listTransactions } from './payments/history.ts';
import { createWithdrawal, listPayoutMethods } from './payments/payouts.ts';
import { parseQr, showWalletQr } from './payments/qr.ts';
import { reconciliationCalls } from './payments/reconciliation.ts';
import { refundTransaction } from './payments/refunds.ts';
import { getTravelRecord } from './payments/travel.ts';
import { exportSettlement, getOrderPayment, getSettlement, listSettlements } from './payments/settlements.ts';
import { showTrace, traceMoney } from './payments/trace.ts';
import { createTransfer } from './payments/transfers.ts';
import {
  cancelMoneyRequest,
  createMoneyRequest,
  declineMoneyRequest,
  getMoneyRequest,
  listMoneyRequests,
  payMoneyRequest,
} from './payments/requests.ts';
import { getReceipt, getStatement, printReceipt } from './payments/statements.ts';
import {
  closeWallet,
  freezeWallet,
  getWallet,
  readWallet,
  unfreezeWallet,
  updateWallet,
} from './payments/wallet-life.ts';
import { createWallet, listWallets } from './payments/wallets.ts';

/** Every HTTP call of wallets and money. */
export const paymentsCalls: readonly Call[] = [
  listWallets,
  createWallet,
  getWallet,
  updateWallet,
  closeWallet,
  getStatement,
  getReceipt,
  printReceipt,
  createMoneyRequest,
  listMoneyRequests,
  getMoneyRequest,
  payMoneyRequest,
  declineMoneyRequest,
  cancelMoneyRequest,
  readWallet,
  freezeWallet,
  unfreezeWallet,
  createDeposit,
  createWithdrawal,
  listPayoutMethods,
  createTransfer,
  parseQr,
  showWalletQr,
  createQuote,
  createConversion,
  showFx,
  acceptRate,
  refundTransaction,
  ...reconciliationCalls,
  traceMoney,
  showTrace,
  openDispute,
  listDisputes,
  getDispute,
  answerDispute,
  withdrawDispute,
  listOpsDisputes,
  getOpsDispute,
  decideDispute,
  listSettlements,
  getSettlement,
  exportSettlement,
  getOrderPayment,
  listTransactions,
  getTransaction,
  openPaymentPage,
  listPaymentMethods,
  receiveGatewayWebhook,
  listMoneyAlerts,
  decideMoneyAlert,
  getTravelRecord,
];
