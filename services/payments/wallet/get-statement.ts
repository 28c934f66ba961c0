import type { Caller } from '#shared/caller.ts';
import type { StatementBody } from '#shared/contracts/payments/statements.ts';
import { AppError, invalid } from '#shared/errors.ts';
import { decodeCursor, encodeCursor } from '#shared/http/paging.ts';
import type { WalletId } from '#shared/ids.ts';
import type { PaymentsPorts } from '../ports.ts';
import { findWallet } from '../store/wallets.ts';
import { decimalOf } from '../wire.ts';
import { statementEntries, statementRange } from './statement-store.ts';

type Ports = Pick<PaymentsPorts, 'databases'>;

export type StatementAsked = {
  readonly walletId: WalletId;
  readonly from?: Date | undefined;
  /** Exclusive. */
  readonly to?: Date | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
};

/**
 * The entries of a wallet in a range of time, newest first, with the running balance of what can be spent. All pages of a
 * statement are of the range that the first one saw, whatever is posted meanwhile.
 *
 * @throws {AppError} NOT_FOUND, VALIDATION_ERROR for a cursor that is not ours
 */
export function makeGetStatement({ databases }: Ports) {
  const core = databases.of('core');
  return async (caller: Caller, { walletId, from, to, cursor, limit }: StatementAsked): Promise<StatementBody> => {
    const place = cursor === undefined ? undefined : placeOf(cursor);
    const wallet = await findWallet(core, walletId, caller.userId);
    if (wallet === undefined) throw new AppError('NOT_FOUND', { message: 'There is no such wallet' });
    const range = await statementRange(core, walletId, { from, to, last: place?.last });
    const newest = place === undefined || place.next > range.last ? range.last : place.next;
    // One more than asked for tells whether there is a next page.
    const rows = await statementEntries(core, walletId, { first: range.first, last: newest, limit: limit + 1 });
    const next = rows[limit];
    const decimal = (minor: bigint) => decimalOf(minor, wallet.currency);
    return {
      wallet_id: wallet.id,
      currency: wallet.currency,
      opening_balance: decimal(range.opening),
      closing_balance: decimal(range.closing),
      entries: rows.slice(0, limit).map((row) => ({
        seq: Number(row.seq),
        kind: row.kind,
        amount: decimal(row.amount),
        balance_after: decimal(row.balance_after),
        transfer_id: row.transfer_id,
        transaction_id: row.transaction_id,
        posted_at: row.posted_at.toISOString(),
      })),
      next_cursor: next === undefined ? null : encodeCursor([Number(next.seq), Number(range.last)]),
    };
  };
}

/** The entry that the page begins with, and the last one of the whole range. */
function placeOf(cursor: string): { readonly next: bigint; readonly last: bigint } {
  const parts = decodeCursor(cursor) ?? [];
  const [next, last] = parts;
  const isPlace = parts.length === 2 && parts.every((part) => Number.isSafeInteger(part) && Number(part) >= 0);
  if (!isPlace) throw invalid('cursor', 'is not one of ours');
  return { next: BigInt(next!), last: BigInt(last!) };
}
