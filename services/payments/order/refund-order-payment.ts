import type { Caller } from '#shared/caller.ts';
import type { TransactionBody } from '#shared/contracts/payments/transaction.ts';
import { AppError, invalid } from '#shared/errors.ts';
import type { IdempotencyKey } from '#shared/http/call.ts';
import type { TransactionId } from '#shared/ids.ts';
import { positiveMoney } from '#shared/money.ts';
import { houseAccountId } from '../ledger/house-accounts.ts';
import type { PaymentsPorts } from '../ports.ts';
import { findPaymentOfOrder, lockOrderPayment, type TakenRow } from '../store/order-payments.ts';
import { findTransaction } from '../store/transactions.ts';
import { auditedRefusal } from '../told.ts';
import { decimalOf, transactionBody } from '../wire.ts';
import { giveBack } from './give-back.ts';

type Ports = Pick<PaymentsPorts, 'databases' | 'clock' | 'outbox' | 'idempotency' | 'log' | 'publicUrl' | 'ruleMeters'>;

export type RefundOrderPayment = {
  /** The payment, as its customer's history has it. */
  readonly transactionId: TransactionId;
  /** A decimal string in the payment's currency; what is left when undefined. */
  readonly amount: string | undefined;
};

/**
 * Gives back a part of what an order captured, or what is left of it, at the wish of its merchant: out of what they are
 * owed, and out of their wallet once they have been paid. Each is a refund of its own in the customer's history.
 *
 * @returns the customer's refund
 * @throws {AppError} NOT_FOUND for anybody but the two sides of the order, FORBIDDEN for the customer, CONFLICT when
 *   nothing is captured or less is left, INSUFFICIENT_FUNDS when the merchant was paid and has spent it,
 *   VALIDATION_ERROR.
 */
export function makeRefundOrderPayment(ports: Ports) {
  const { databases, idempotency, publicUrl } = ports;
  const core = databases.of('core');

  return async (
    caller: Pick<Caller, 'userId'>,
    { transactionId, amount }: RefundOrderPayment,
    key: IdempotencyKey | undefined,
  ): Promise<TransactionBody> => {
    const seen = await findPaymentOfOrder(core, transactionId);
    if (seen?.customer_id === caller.userId) {
      throw new AppError('FORBIDDEN', { message: 'The merchant of the order gives money back' });
    }
    if (seen?.merchant_id !== caller.userId)
      throw new AppError('NOT_FOUND', { message: 'There is no such transaction' });
    const wanted = amount === undefined ? undefined : positiveMoney(amount, seen.currency);
    if (typeof wanted === 'string') throw invalid('amount', wanted);
    const payableId = await houseAccountId(core, {
      kind: 'merchant_payable',
      owner: seen.merchant_id,
      currency: seen.currency,
    });

    try {
      const reply = await core.transaction((tx) =>
        idempotency.run(tx, { userId: caller.userId, call: 'refundTransaction', key }, async () => {
          const taken = (await lockOrderPayment(tx, seen.order_id)) as TakenRow;
          const minor = refundable(taken, wanted?.minor);
          const giving = {
            minor,
            payableId,
            actor: caller.userId,
            reason: 'refunded_by_merchant',
            kind: 'refund',
          } as const;
          const refund = await giveBack(ports, tx, taken, giving);
          const row = await findTransaction(tx, refund.id, refund.userId);
          return { status: 201, body: transactionBody(row!, publicUrl) };
        }),
      );
      return reply.body;
    } catch (error) {
      const entry = { actor: caller.userId, action: 'payments.order_refunded', subject: seen.order_id };
      return await auditedRefusal(ports, entry, error);
    }
  };
}

/** How much is given back when `wanted` is asked for, or what is left. */
function refundable(taken: TakenRow, wanted: bigint | undefined): bigint {
  if (taken.status === 'held') throw new AppError('CONFLICT', { message: 'Nothing is captured yet: cancel the order' });
  if (taken.status === 'released') throw new AppError('CONFLICT', { message: 'The order has let go of its money' });
  const left = taken.amount - taken.refunded;
  if (left > 0n && (wanted ?? left) <= left) return wanted ?? left;
  const details = `${decimalOf(left, taken.currency)} ${taken.currency} of the payment can still be given back`;
  throw new AppError('CONFLICT', { message: 'This is more than is left of the payment', details });
}
