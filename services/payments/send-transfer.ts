import type { Caller } from '#shared/caller.ts';
import type { TransactionBody } from '#shared/contracts/payments/transaction.ts';
import { invalid } from '#shared/errors.ts';
import type { IdempotencyKey } from '#shared/http/call.ts';
import type { TransactionId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { makeLedgerLanes } from './ledger/lane.ts';
import type { AskedTransfer, SendTransfer } from './transfer/asked.ts';
import { makeTransferBatch, type TransferPorts } from './transfer/run-batch.ts';

export type TransferAsked = {
  readonly key: IdempotencyKey | undefined;
  /** The header `Step-Up`. */
  readonly stepUpToken: string | undefined;
};

/**
 * Pays another user with no workflow, through a ledger lane: what comes while the last commits are under way goes together,
 * in one transaction with the journal, both sides' transactions, the keys and the events; who comes alone waits for nobody.
 *
 * What can be judged without a lock is read first; the database judges the balance and the limits under it. A repeat gets
 * the first answer whatever has changed since.
 *
 * @throws {AppError} NOT_FOUND (wallet or recipient), STEP_UP_REQUIRED, INSUFFICIENT_FUNDS, LIMIT_EXCEEDED, CONFLICT when
 *   a wallet is suspended, VALIDATION_ERROR, RETRY_LATER when too many wait.
 */
export function makeSendTransfer(ports: TransferPorts) {
  const post = makeLedgerLanes<AskedTransfer, TransactionBody>(makeTransferBatch(ports));

  return async (caller: Caller, asked: SendTransfer, { key, stepUpToken }: TransferAsked): Promise<TransactionBody> => {
    if (asked.recipientId === caller.userId) throw invalid('recipient_id', 'is yourself');
    // Made here, so that a transaction that is tried again after a conflict keeps its ids and its time.
    const ids = { out: newId<TransactionId>('core'), in: newId<TransactionId>('core') };
    return await post({ caller, asked, key, stepUpToken, ids, at: ports.clock() });
  };
}
