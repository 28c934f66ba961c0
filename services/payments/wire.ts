import type { TransactionBody } from '#shared/contracts/payments/transaction.ts';
import type { WalletBody } from '#shared/contracts/payments/wallets.ts';
import { type Currency, formatMoney } from '#shared/money.ts';
import type { WalletLimits } from './rules.ts';
import type { TransactionRow } from './store/transactions.ts';
import type { WalletRow } from './store/wallets.ts';

/** A wallet as clients see it, in the month that it is for its owner. */
export function walletBody(row: WalletRow, limits: WalletLimits, month: string): WalletBody {
  const decimal = (minor: bigint) => formatMoney({ minor, currency: row.currency });
  return {
    id: row.id,
    user_id: row.user_id,
    currency: row.currency,
    balance: decimal(row.available + row.held),
    frozen_balance: decimal(row.held),
    available_balance: decimal(row.available),
    daily_limit: decimal(limits.dayMax),
    monthly_limit: decimal(limits.monthMax),
    used_this_month: decimal(row.spent_month === month ? row.spent_this_month : 0n),
    status: row.status,
    is_primary: row.is_primary,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

type ShownToPayer = Pick<TransactionBody, 'qr_code' | 'payment_url' | 'virtual_account'>;

/** A transaction as its owner sees it. What the payer is shown is there while a deposit waits for it. */
export function transactionBody(row: TransactionRow, publicUrl: string): TransactionBody {
  const decimal = (minor: bigint) => formatMoney({ minor, currency: row.currency });
  return {
    id: row.id,
    wallet_id: row.wallet_id,
    type: row.type,
    amount: decimal(row.amount),
    currency: row.currency,
    status: row.status,
    payment_method: row.payment_method,
    gateway: row.gateway,
    gateway_transaction_id: row.gateway_charge_id,
    exchange_rate: row.exchange_rate,
    fees: {
      processing_fee: decimal(row.processing_fee),
      conversion_fee: decimal(row.conversion_fee),
      total_fees: decimal(row.processing_fee + row.conversion_fee),
    },
    description: row.description,
    reference: row.reference,
    counterpart_id: row.counterpart_id,
    order_id: row.order_id,
    ...destinationOf(row),
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    completed_at: row.completed_at?.toISOString() ?? null,
    expires_at: row.expires_at?.toISOString() ?? null,
    ...conversionOf(row),
    ...(row.gateway === null || row.status !== 'pending' ? {} : shownToPayer(row, publicUrl)),
  };
}

/** Where a withdrawal goes, as far as it is shown. */
function destinationOf({ payment_method: type, bank_code, account_last4 }: TransactionRow) {
  if (type === null || account_last4 === null) return {};
  return { destination: { type, bank_code, account_last4 } };
}

/** The other side of a conversion. */
function conversionOf({ quote_id, is_bought, other_transaction_id, other_amount, other_currency }: TransactionRow) {
  if (!quote_id || !other_transaction_id || !other_amount || !other_currency) return {};
  return {
    conversion: {
      quote_id,
      side: is_bought === true ? ('to' as const) : ('from' as const),
      other_transaction_id,
      other_amount: formatMoney({ minor: other_amount, currency: other_currency }),
      other_currency,
    },
  };
}

/** A gateway gives some codes and accounts only with the charge; until then there is the address that leads to them. */
function shownToPayer(row: TransactionRow, publicUrl: string): ShownToPayer {
  if (row.qr_code !== null) return { qr_code: row.qr_code };
  if (row.account_number !== null) {
    return { virtual_account: { bank: row.account_bank ?? '', account_number: row.account_number } };
  }
  return { payment_url: `${publicUrl}/api/v1/payments/transactions/${row.id}/pay` };
}

/** The parts of a row that only some transactions have, as they are for the others. */
export const PLAIN = {
  processing_fee: 0n,
  conversion_fee: 0n,
  exchange_rate: null,
  counterpart_id: null,
  order_id: null,
  description: null,
  reference: null,
  completed_at: null,
  gateway: null,
  payment_method: null,
  gateway_charge_id: null,
  bank_code: null,
  account_last4: null,
  qr_code: null,
  expires_at: null,
  account_bank: null,
  account_number: null,
} as const satisfies Partial<TransactionRow>;

/** A sum for events and audit facts: `100.00`. */
export function decimalOf(minor: bigint, currency: Currency): string {
  return formatMoney({ minor, currency });
}
