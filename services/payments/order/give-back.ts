import { happened } from '#shared/events/event.ts';
import { OrderRefunded } from '#shared/events/payments-trade.ts';
import type { TransactionId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import type { Tx } from '#shared/sql.ts';
import { move, postOne, refusal } from '../ledger/post.ts';
import type { PaymentsPorts } from '../ports.ts';
import { addRefundLine } from '../settlement/write-lines.ts';
import { addRefund, type TakenRow } from '../store/order-payments.ts';
import { insertTransactions, type NewTransaction } from '../store/transactions.ts';
import { openWallet } from '../store/wallets.ts';
import { audited, transactionUpdated } from '../told.ts';
import { decimalOf } from '../wire.ts';
import { givenBack } from './release-order.ts';

type Ports = Pick<PaymentsPorts, 'clock' | 'outbox'>;

export type GiveBack = {
  /** Above zero, and no more than is left of what was captured. */
  readonly minor: bigint;
  /** What the merchant is owed before they are paid; asked for before the transaction. */
  readonly payableId: string;
  /** A user id, or the name of what moves the money. */
  readonly actor: string;
  /** A word for the history, such as `returned`. */
  readonly reason: string;
  readonly kind: 'refund' | 'dispute';
};

/**
 * The one place that gives an order's money back, in part or whole, with the order locked: out of what the merchant is
 * owed, or out of the merchant's wallet once they have been paid. What it counted against the customer's limits is given
 * back with it.
 *
 * @returns the customer's side of it
 * @throws {AppError} INSUFFICIENT_FUNDS when a merchant who was paid does not have it any more, CONFLICT when a wallet is
 *   suspended or closed
 */
export async function giveBack(
  { clock, outbox }: Ports,
  tx: Tx,
  taken: TakenRow,
  { minor, payableId, actor, reason, kind }: GiveBack,
): Promise<NewTransaction> {
  const at = clock();
  const id = newId<TransactionId>('core');
  const wasPaid = taken.status === 'settled';
  const fromId = wasPaid ? (await openWallet(tx, taken.merchant_id, taken.currency, false)).id : undefined;
  const legs = move(fromId ?? payableId, taken.wallet_id, minor);
  const outcome = await postOne(tx, { id, kind, legs, spending: givenBack(taken, minor) });
  if (outcome !== 'posted') throw refusal(outcome);

  const shared = {
    minor,
    currency: taken.currency,
    status: 'completed',
    actor,
    at,
    transferId: id,
    orderId: taken.order_id,
    reference: reason,
  } as const;
  const refund: NewTransaction = {
    ...shared,
    id,
    walletId: taken.wallet_id,
    userId: taken.customer_id,
    type: 'refund',
    counterpartId: taken.merchant_id,
    refundOf: taken.transaction_id,
  };
  // It names no counterpart: giving money back does not make the customer someone whom the merchant has paid before.
  const given: NewTransaction[] =
    fromId === undefined
      ? []
      : [
          {
            ...shared,
            id: newId<TransactionId>('core'),
            walletId: fromId,
            userId: taken.merchant_id,
            type: 'transfer_out',
          },
        ];
  const made = [refund, ...given];
  await insertTransactions(tx, made);
  await addRefund(tx, taken.order_id, minor, at);
  for (const { id: transactionId } of given)
    await addRefundLine(tx, taken, { transferId: id, transactionId, minor, at });

  const refunded = taken.refunded + minor;
  const amount = decimalOf(minor, taken.currency);
  await outbox.append(tx, {
    events: [
      ...made.map(transactionUpdated),
      happened(OrderRefunded, taken.order_id, {
        order_id: taken.order_id,
        transaction_id: taken.transaction_id,
        refund_id: id,
        customer_id: taken.customer_id,
        merchant_id: taken.merchant_id,
        amount,
        refunded_amount: decimalOf(refunded, taken.currency),
        currency: taken.currency,
        is_whole: refunded === taken.amount,
        reason,
      }),
    ],
    audit: [
      audited({
        actor,
        action: 'payments.order_refunded',
        subject: taken.order_id,
        facts: { amount, currency: taken.currency, refund_id: id, reason },
      }),
    ],
  });
  return refund;
}
