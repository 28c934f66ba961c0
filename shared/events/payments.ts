import { z } from 'zod';
import { TRANSACTION_STATUSES, TRANSACTION_TYPES } from '../contracts/payments/transaction.ts';
import { WALLET_STATUSES } from '../contracts/payments/wallets.ts';
import { MoneyRequestId, TransactionId, UserId, WalletId } from '../ids.ts';
import { Currency } from '../money.ts';
import { defineEvent } from './event.ts';

/** Plain decimals as on the wire: an amount in an event is never a number. */
const Amount = z.string();

export const WalletOpened = defineEvent(
  'payments.wallet_opened',
  1,
  z.object({ wallet_id: WalletId, user_id: UserId, currency: Currency }),
  { says: 'A wallet was opened.', key: 'wallet_id' },
);

export const WalletUpdated = defineEvent(
  'payments.wallet_updated',
  1,
  z.object({
    wallet_id: WalletId,
    user_id: UserId,
    currency: Currency,
    status: z.enum(WALLET_STATUSES),
    step: z.enum(['frozen', 'unfrozen', 'closed', 'made_primary']),
  }),
  {
    says: 'A wallet was frozen, unfrozen or closed, or made the primary one; what the live `wallet:updated` says.',
    key: 'wallet_id',
  },
);

export const MoneyRequestUpdated = defineEvent(
  'payments.money_request_updated',
  1,
  z.object({
    request_id: MoneyRequestId,
    requester_id: UserId,
    payer_id: UserId,
    status: z.enum(['open', 'paid', 'declined', 'cancelled']),
    amount: Amount,
    currency: Currency,
  }),
  {
    says: 'One user asked another for money, or that ended; what the live `money_request:updated` says.',
    key: 'request_id',
  },
);

export const TransactionUpdated = defineEvent(
  'payments.transaction_updated',
  1,
  z.object({
    transaction_id: TransactionId,
    user_id: UserId,
    wallet_id: WalletId,
    type: z.enum(TRANSACTION_TYPES),
    status: z.enum(TRANSACTION_STATUSES),
    amount: Amount,
    currency: Currency,
    returns_deposit: z
      .boolean()
      .optional()
      .describe('A refund that goes back to where a deposit came from, and not into the wallet.'),
  }),
  {
    says: 'A transaction came to be or took another status; what the live `payment:updated` says.',
    key: 'transaction_id',
  },
);

export const TransferPosted = defineEvent(
  'payments.transfer_posted',
  1,
  z.object({
    transaction_id: TransactionId,
    recipient_transaction_id: TransactionId,
    sender_id: UserId,
    recipient_id: UserId,
    amount: Amount,
    currency: Currency,
  }),
  { says: 'One user paid another.', key: 'transaction_id' },
);

export const ConversionPosted = defineEvent(
  'payments.conversion_posted',
  1,
  z.object({
    transaction_id: TransactionId,
    to_transaction_id: TransactionId,
    user_id: UserId,
    from: Currency,
    to: Currency,
    amount: Amount,
    fee: Amount.describe('In `from`, on top of the amount.'),
    receive_amount: Amount,
    rate: z.string().describe('What one unit of `from` bought, a plain decimal.'),
  }),
  { says: 'Someone exchanged money between two of their wallets.', key: 'transaction_id' },
);

export const DepositRequested = defineEvent(
  'payments.deposit_requested',
  1,
  z.object({
    transaction_id: TransactionId,
    gateway: z.string(),
    expires_after_ms: z.number().int().positive(),
  }),
  { says: 'Someone wants to put money in; starts the workflow that collects it.', key: 'transaction_id' },
);

export const ChargeReported = defineEvent(
  'payments.charge_reported',
  1,
  z.object({
    transaction_id: TransactionId,
    gateway: z.string(),
    report_id: z.string().describe("The gateway's own id of the report."),
    status: z.enum(['paid', 'failed', 'expired']),
    transaction_status: z.enum(TRANSACTION_STATUSES).optional().describe('What the deposit became by it.'),
  }),
  { says: 'A gateway reported on a charge, and its signature was good.', key: 'transaction_id' },
);
