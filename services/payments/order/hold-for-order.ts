import { invalid, unreachable } from '#shared/errors.ts';
import type { Brand, OrderId, TransactionId, UserId, WalletId } from '#shared/ids.ts';
import { type Currency, positiveMoney } from '#shared/money.ts';
import { newId } from '#shared/new-id.ts';
import { placeHold } from '../ledger/hold.ts';
import type { Outcome } from '../ledger/post.ts';
import { barredAmong } from '../compliance/barred.ts';
import { isOverYearlyOutflow } from '../compliance/yearly-outflow.ts';
import type { PaymentsPorts } from '../ports.ts';
import { spendingOf } from '../spending.ts';
import { insertTaken, lockOrderPayment } from '../store/order-payments.ts';
import { type NewTransaction, insertTransactions } from '../store/transactions.ts';
import { findWallet } from '../store/wallets.ts';
import { audited, transactionUpdated } from '../told.ts';

type Ports = Pick<PaymentsPorts, 'databases' | 'people' | 'checkouts' | 'clock' | 'outbox'>;

export type HoldForOrder = {
  readonly orderId: OrderId;
  readonly customerId: UserId;
  readonly walletId: WalletId;
  /** The user who owns the shop. */
  readonly merchantId: UserId;
  /** A decimal string: a bigint does not travel in JSON. */
  readonly amount: string;
  readonly currency: Currency;
};

/** `RELEASED`: the order was let go before, and takes no money any more. */
export type DeclineReason =
  | 'INSUFFICIENT_FUNDS'
  | 'LIMIT_EXCEEDED'
  | 'NOT_FOUND'
  | 'CURRENCY_MISMATCH'
  | 'WALLET_SUSPENDED'
  | 'RELEASED';

export type HoldOutcome =
  | { readonly type: 'held'; readonly transactionId: TransactionId }
  | { readonly type: 'declined'; readonly reason: DeclineReason };

/**
 * Holds the price of an order in the customer's wallet, where it shows as frozen_balance until the order captures or
 * releases it. An order that was placed from a new device is held under lowered limits. Idempotent by order: a repeat
 * answers what the first one did, also when an answer was lost.
 */
export function makeHoldForOrder({ databases, people, checkouts, clock, outbox }: Ports) {
  const core = databases.of('core');

  return async (asked: HoldForOrder): Promise<HoldOutcome> => {
    const { orderId, customerId, walletId, merchantId, amount, currency } = asked;
    const money = positiveMoney(amount, currency);
    if (typeof money === 'string') throw invalid('amount', money);
    const [[customer], wallet, isLimited] = await Promise.all([
      people.find([customerId]),
      findWallet(core, walletId, customerId),
      checkouts.isLimited(orderId),
    ]);
    if (customer === undefined || wallet === undefined) return declined('NOT_FOUND');
    if (wallet.currency !== currency) return declined('CURRENCY_MISMATCH');

    const at = clock();
    const holdId = newId<Brand<string, 'HoldId'>>('core');
    const payment: NewTransaction = {
      id: newId<TransactionId>('core'),
      walletId,
      userId: customerId,
      type: 'payment',
      ...money,
      status: 'processing',
      actor: customerId,
      at,
      orderId,
      counterpartId: merchantId,
    };

    return await core.transaction(async (tx): Promise<HoldOutcome> => {
      const before = await lockOrderPayment(tx, orderId);
      if (before !== undefined) {
        return before.status === 'released'
          ? declined('RELEASED')
          : { type: 'held', transactionId: before.transaction_id };
      }
      const barred = await barredAmong(tx, [customerId, merchantId]);
      if (barred.size > 0) {
        const reason = barred.has(customerId) ? 'WALLET_SUSPENDED' : 'NOT_FOUND';
        await outbox.append(tx, { audit: [heldEntry(orderId, customerId, 'refused', { reason })] });
        return declined(reason);
      }
      if (await isOverYearlyOutflow(tx, { userId: customerId, money }, at)) {
        const reason = 'LIMIT_EXCEEDED';
        await outbox.append(tx, { audit: [heldEntry(orderId, customerId, 'refused', { reason })] });
        return declined(reason);
      }
      const spending = spendingOf(customer, walletId, money, at, isLimited);
      const { hold_account_id: holdAccountId } = wallet;
      const hold = { id: holdId, accountId: walletId, holdAccountId, minor: money.minor, spending };
      const outcome = await placeHold(tx, hold);
      if (outcome !== 'posted') {
        const reason = reasonOf(outcome);
        await outbox.append(tx, { audit: [heldEntry(orderId, customerId, 'refused', { reason })] });
        return declined(reason);
      }
      await insertTransactions(tx, [payment]);
      await insertTaken(tx, { orderId, holdId, merchantId, payment });
      await outbox.append(tx, {
        events: [transactionUpdated(payment)],
        audit: [heldEntry(orderId, customerId, 'ok', { amount, currency, transactionId: payment.id })],
      });
      return { type: 'held', transactionId: payment.id };
    });
  };
}

function declined(reason: DeclineReason): HoldOutcome {
  return { type: 'declined', reason };
}

function heldEntry(orderId: OrderId, actor: UserId, outcome: 'ok' | 'refused', facts: Record<string, string>) {
  return audited({ actor, action: 'payments.order_held', subject: orderId, facts }, outcome);
}

function reasonOf(outcome: Exclude<Outcome, 'posted'>): DeclineReason {
  switch (outcome) {
    case 'insufficient_funds':
      return 'INSUFFICIENT_FUNDS';
    case 'daily_limit':
    case 'monthly_limit':
      return 'LIMIT_EXCEEDED';
    case 'suspended':
      return 'WALLET_SUSPENDED';
    case 'duplicate':
    case 'no_account':
    case 'balance_cap':
    case 'linked_failed':
      throw new Error(`a hold with a new id was refused as ${outcome}`);
    default:
      return unreachable(outcome);
  }
}
