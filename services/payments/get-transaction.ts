import type { Caller } from '#shared/caller.ts';
import type { TransactionDetailBody } from '#shared/contracts/payments/transaction.ts';
import { AppError } from '#shared/errors.ts';
import type { TransactionId } from '#shared/ids.ts';
import type { PaymentsPorts } from './ports.ts';
import { findTransaction, listChanges } from './store/transactions.ts';
import { transactionBody } from './wire.ts';

type Ports = Pick<PaymentsPorts, 'databases' | 'publicUrl'>;

/** One transaction of the caller's with every status it has had. */
export function makeGetTransaction({ databases, publicUrl }: Ports) {
  const core = databases.of('core');
  return async (caller: Pick<Caller, 'userId'>, id: TransactionId): Promise<TransactionDetailBody> => {
    const row = await findTransaction(core, id, caller.userId);
    if (row === undefined) throw new AppError('NOT_FOUND', { message: 'There is no such transaction' });
    const changes = await listChanges(core, id);
    return {
      ...transactionBody(row, publicUrl),
      history: changes.map(({ status, reason, at }) => ({ status, at: at.toISOString(), reason })),
    };
  };
}
