import type { Caller } from '#shared/caller.ts';
import type { TransactionBody, TransactionType } from '#shared/contracts/payments/transaction.ts';
import { invalid } from '#shared/errors.ts';
import { decodeCursor, encodeCursor } from '#shared/http/paging.ts';
import { TransactionId, type WalletId } from '#shared/ids.ts';
import type { PaymentsPorts } from './ports.ts';
import { listTransactionsOf } from './store/transactions.ts';
import { transactionBody } from './wire.ts';

type Ports = Pick<PaymentsPorts, 'databases' | 'publicUrl'>;

export type ListTransactions = {
  readonly walletId: WalletId | undefined;
  readonly type: TransactionType | undefined;
  readonly from: Date | undefined;
  readonly to: Date | undefined;
  readonly cursor: string | undefined;
  readonly limit: number;
};

export type TransactionPage = { readonly transactions: TransactionBody[]; readonly nextCursor: string | null };

/** The caller's history, newest first. A wallet that is not theirs has none. */
export function makeListTransactions({ databases, publicUrl }: Ports) {
  return async (caller: Caller, { cursor, limit, ...filter }: ListTransactions): Promise<TransactionPage> => {
    const after = cursor === undefined ? undefined : placeOf(cursor);
    // One more than asked for tells whether there is a next page.
    const rows = await listTransactionsOf(databases.of('core'), caller.userId, { ...filter, after, limit: limit + 1 });
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    return {
      transactions: page.map((row) => transactionBody(row, publicUrl)),
      nextCursor:
        last === undefined || rows.length <= limit ? null : encodeCursor([last.created_at.getTime(), last.id]),
    };
  };
}

function placeOf(cursor: string): { readonly createdAt: Date; readonly id: string } {
  const [createdAtMs, id] = decodeCursor(cursor) ?? [];
  const createdAt = new Date(typeof createdAtMs === 'number' ? createdAtMs : Number.NaN);
  if (Number.isNaN(createdAt.getTime()) || !TransactionId.safeParse(id).success)
    throw invalid('cursor', 'is not one of ours');
  return { createdAt, id: String(id) };
}
