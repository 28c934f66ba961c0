import type { Call } from '../http/call.ts';
import { decideMoneyAlert, listMoneyAlerts } from './payments/alerts.ts';
import { createDeposit, listPaymentMethods, openPaymentPage, receiveGatewayWebhook } from './payments/deposits.ts';
import { getTransaction, listTransactions } from './payments/history.ts';
import { createTransfer } from './payments/transfers.ts';
import { createWallet, listWallets } from './payments/wallets.ts';

/** Every HTTP call of wallets and money. */
export const paymentsCalls: readonly Call[] = [
  listWallets,
  createWallet,
  createDeposit,
  createTransfer,
  listTransactions,
  getTransaction,
  openPaymentPage,
  listPaymentMethods,
  receiveGatewayWebhook,
  listMoneyAlerts,
  decideMoneyAlert,
];
