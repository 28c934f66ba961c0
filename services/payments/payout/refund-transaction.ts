import type { Caller } from '#shared/caller.ts';
import type { TransactionBody } from '#shared/contracts/payments/transaction.ts';
import { AppError } from '#shared/errors.ts';
import type { IdempotencyKey } from '#shared/http/call.ts';
import type { TransactionId } from '#shared/ids.ts';
import type { PaymentsPorts } from '../ports.ts';
import { findTransaction } from '../store/transactions.ts';
import type { makeRefundDeposit } from './refund-deposit.ts';

export type RefundTransaction = {
  readonly transactionId: TransactionId;
  /** A decimal string; what is left when undefined. */
  readonly amount: string | undefined;
};

type Ports = Pick<PaymentsPorts, 'databases'> & {
  readonly refundDeposit: ReturnType<typeof makeRefundDeposit>;
  /** Gives back what an order took. NOT_FOUND for whoever has no part in it. */
  readonly refundOrderPayment: (
    caller: Caller,
    asked: RefundTransaction,
    key: IdempotencyKey | undefined,
  ) => Promise<TransactionBody>;
};

/**
 * Gives money back: a deposit at the wish of its owner, the payment of an order at the wish of its merchant.
 *
 * @throws {AppError} NOT_FOUND, CONFLICT beyond what is left and for one's own transactions of other types; see the two
 *   use cases.
 */
export function makeRefundTransaction({ databases, refundDeposit, refundOrderPayment }: Ports) {
  return async (
    caller: Caller,
    asked: RefundTransaction,
    key: IdempotencyKey | undefined,
  ): Promise<TransactionBody> => {
    const { transactionId: depositId, amount } = asked;
    const own = await findTransaction(databases.of('core'), depositId, caller.userId);
    if (own === undefined || own.type === 'payment') return await refundOrderPayment(caller, asked, key);
    if (own.type === 'deposit') return await refundDeposit(caller, { depositId, amount }, key);
    throw new AppError('CONFLICT', { message: 'Only deposits and payments of orders can be given back' });
  };
}
