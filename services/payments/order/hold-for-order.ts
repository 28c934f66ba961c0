import { invalid, unreachable } from '#shared/errors.ts';
import type { Brand, OrderId, TransactionId, UserId, WalletId } from '#shared/ids.ts';
import { type Currency, positiveMoney } from '#shared/money.ts';
import { newId } from '#shared/new-id.ts';
import { placeHold } from '../ledger/hold.ts';
import type { Outcome } from '../ledger/post.ts';
import { raiseAlerts } from '../compliance/alert-store.ts';
import { giveBackMovements, judgeMovements, type Judgement, type Movement } from '../compliance/judge-movements.ts';
import { tellFlagged } from '../compliance/may-move.ts';
import type { PaymentsPorts } from '../ports.ts';
import { spendingOf } from '../spending.ts';
import { insertTaken, lockOrderPayment } from '../store/order-payments.ts';
import { type NewTransaction, insertTransactions } from '../store/transactions.ts';
import { findWallet } from '../store/wallets.ts';
import { audited, transactionUpdated } from '../told.ts';

type Ports = Pick<
  PaymentsPorts,
  'databases' | 'people' | 'checkouts' | 'clock' | 'outbox' | 'velocityRules' | 'ruleMeters'
>;

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
 * releases it. An order that was placed from a new device is held under lowered limits. It is judged by the rules against
 * crime as whatever else leaves a person. Idempotent by order: a repeat answers what the first one did, also when an answer
 * was lost.
 */
export function makeHoldForOrder(ports: Ports) {
  const { databases, people, checkouts, clock, outbox, velocityRules, ruleMeters } = ports;
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
      const refuse = async (reason: DeclineReason, facts: Record<string, string> = {}): Promise<HoldOutcome> => {
        const entry = heldEntry(orderId, customerId, 'refused', { reason, ...facts });
        await outbox.append(tx, { audit: [entry] });
        return declined(reason);
      };
      if (customer.status !== 'active') return await refuse('WALLET_SUSPENDED');
      // Who buys from many shops is no sign of anything, so a shop is never a new payee.
      const movement: Movement = { userId: customerId, payeeId: merchantId, money, isNewPayee: false };
      const [judgement] = await judgeMovements(tx, [movement], at, velocityRules);
      if (judgement!.verdict === 'refused') {
        for (const rule of judgement!.rules) ruleMeters.overRule(rule, 'refused');
        await raiseAlerts(tx, customerId, judgement!.rules, 'refused', at);
        return await refuse('LIMIT_EXCEEDED', { rules: judgement!.rules.join(' ') });
      }
      const reason = judgementReason(judgement!);
      if (reason !== undefined) return await refuse(reason);
      const spending = spendingOf(customer, walletId, money, at, isLimited);
      const { hold_account_id: holdAccountId } = wallet;
      const hold = { id: holdId, accountId: walletId, holdAccountId, minor: money.minor, spending };
      const outcome = await placeHold(tx, hold);
      if (outcome !== 'posted') {
        // This transaction is kept for its audit, so what was counted is counted out again.
        await giveBackMovements(tx, [movement]);
        return await refuse(reasonOf(outcome));
      }
      if (judgement!.verdict === 'flagged') await tellFlagged(ports, tx, movement, judgement!.rules, at);
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

/** Someone barred hears what a suspended wallet or an absent shop sounds like. @returns undefined when the money may move */
function judgementReason({ verdict }: Judgement): DeclineReason | undefined {
  switch (verdict) {
    case 'barred_sender':
      return 'WALLET_SUSPENDED';
    case 'barred_payee':
      return 'NOT_FOUND';
    case 'refused':
    case 'over_year':
      return 'LIMIT_EXCEEDED';
    case 'flagged':
    case 'passed':
      return undefined;
    default:
      return unreachable(verdict);
  }
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
