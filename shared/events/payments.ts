import { z } from 'zod';
import { TRANSACTION_STATUSES, TRANSACTION_TYPES } from '../contracts/payments.ts';
import { TransactionId, UserId, WalletId } from '../ids.ts';
import { Currency } from '../money.ts';
import { defineEvent } from './event.ts';

/** Plain decimals as on the wire: an amount in an event is never a number. */
const Amount = z.string();

/** Aggregate: the wallet. */
export const WalletOpened = defineEvent(
  'payments.wallet_opened',
  1,
  z.object({ wallet_id: WalletId, user_id: UserId, currency: Currency }),
);

/** A transaction came to be or took another status; what the live `payment:updated` says. Aggregate: the transaction. */
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
  }),
);

/** One user paid another. Aggregate: the sender's transaction. */
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
);

/** Someone wants to put money in; starts the workflow that collects it. Aggregate: the transaction. */
export const DepositRequested = defineEvent(
  'payments.deposit_requested',
  1,
  z.object({
    transaction_id: TransactionId,
    gateway: z.string(),
    expires_after_ms: z.number().int().positive(),
  }),
);

/** A gateway reported on a charge, and its signature was good. Aggregate: the transaction. */
export const ChargeReported = defineEvent(
  'payments.charge_reported',
  1,
  z.object({
    transaction_id: TransactionId,
    gateway: z.string(),
    /** The gateway's own id of the report. */
    report_id: z.string(),
    status: z.enum(['paid', 'failed', 'expired']),
  }),
);
