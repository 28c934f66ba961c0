import type { Caller } from '#shared/caller.ts';
import type { DISPUTE_REASONS, DisputeBody } from '#shared/contracts/payments/disputes.ts';
import { AppError, invalid } from '#shared/errors.ts';
import { happened } from '#shared/events/event.ts';
import { DisputeOpened } from '#shared/events/payments-trade.ts';
import type { IdempotencyKey } from '#shared/http/call.ts';
import type { DisputeId, TransactionId } from '#shared/ids.ts';
import { positiveMoney } from '#shared/money.ts';
import { newId } from '#shared/new-id.ts';
import type { PaymentsPorts } from '../ports.ts';
import { findPaymentOfOrder, lockOrderPayment, type TakenRow } from '../store/order-payments.ts';
import { audited } from '../told.ts';
import { decimalOf } from '../wire.ts';
import { insertDispute } from './dispute-store.ts';
import { disputeBody } from './views.ts';
import { saveWords } from './words.ts';

type Ports = Pick<PaymentsPorts, 'databases' | 'clock' | 'outbox' | 'idempotency' | 'disputes'>;

export type OpenDispute = {
  readonly transactionId: TransactionId;
  readonly reason: (typeof DISPUTE_REASONS)[number];
  /** A decimal string; what is left of the payment when undefined. */
  readonly amount: string | undefined;
  readonly text: string | undefined;
};

/**
 * Contests the payment of an order, at the wish of its customer, from when it was captured until its merchant is paid.
 *
 * @throws {AppError} NOT_FOUND, FORBIDDEN for the merchant, CONFLICT when it is too early or too late, more than is left,
 *   or disputed before, VALIDATION_ERROR
 */
export function makeOpenDispute({ databases, clock, outbox, idempotency, disputes }: Ports) {
  const core = databases.of('core');

  return async (
    { userId }: Pick<Caller, 'userId'>,
    { transactionId, reason, amount, text }: OpenDispute,
    key: IdempotencyKey | undefined,
  ): Promise<DisputeBody> => {
    const seen = await findPaymentOfOrder(core, transactionId);
    if (seen?.merchant_id === userId) throw new AppError('FORBIDDEN', { message: 'The customer disputes a payment' });
    if (seen?.customer_id !== userId)
      throw new AppError('NOT_FOUND', { message: 'There is no such payment of an order' });
    const wanted = amount === undefined ? undefined : positiveMoney(amount, seen.currency);
    if (typeof wanted === 'string') throw invalid('amount', wanted);
    const id = newId<DisputeId>('core');
    // Before the dispute, so that none is ever without its words; words without one are read by nobody.
    if (text !== undefined) await saveWords(databases, id, userId, text);

    const reply = await core.transaction((tx) =>
      idempotency.run(tx, { userId, call: 'openDispute', key }, async () => {
        const taken = (await lockOrderPayment(tx, seen.order_id)) as TakenRow;
        const minor = disputable(taken, wanted?.minor);
        const at = clock();
        const made = {
          id,
          transaction_id: transactionId,
          order_id: taken.order_id,
          customer_id: userId,
          merchant_id: taken.merchant_id,
          currency: taken.currency,
          amount: minor,
          reason,
          answer_due_at: new Date(at.getTime() + disputes.answerWithinMs),
        };
        const row = await insertDispute(tx, made, at);
        if (row === undefined) throw new AppError('CONFLICT', { message: 'This payment has been disputed before' });
        const told = { amount: decimalOf(minor, taken.currency), currency: taken.currency, reason };
        await outbox.append(tx, {
          events: [
            happened(DisputeOpened, id, {
              ...told,
              dispute_id: id,
              transaction_id: transactionId,
              order_id: taken.order_id,
              customer_id: userId,
              merchant_id: taken.merchant_id,
              answer_within_ms: disputes.answerWithinMs,
              review_within_ms: disputes.reviewWithinMs,
            }),
          ],
          audit: [audited({ actor: userId, action: 'payments.dispute_opened', subject: id, facts: told })],
        });
        return { status: 201, body: disputeBody(row) };
      }),
    );
    return reply.body;
  };
}

/** How much is disputed when `wanted` is asked for, or what is left. */
function disputable(taken: TakenRow, wanted: bigint | undefined): bigint {
  if (taken.status === 'held') throw new AppError('CONFLICT', { message: 'Nothing is captured yet: cancel the order' });
  if (taken.status !== 'captured' || taken.due_at !== null) {
    throw new AppError('CONFLICT', { message: 'The time for a dispute is over' });
  }
  const left = taken.amount - taken.refunded;
  if ((wanted ?? left) <= left) return wanted ?? left;
  throw new AppError('CONFLICT', { message: 'This is more than is left of the payment' });
}
