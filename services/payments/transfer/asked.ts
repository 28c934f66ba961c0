import type { Caller } from '#shared/caller.ts';
import type { IdempotencyKey } from '#shared/http/call.ts';
import type { TransactionId, UserId, WalletId } from '#shared/ids.ts';
import type { Money } from '#shared/money.ts';

export type SendTransfer = {
  readonly walletId: WalletId;
  readonly recipientId: UserId;
  readonly money: Money;
  readonly description: string | undefined;
  readonly reference: string | undefined;
};

/** A transfer on its way through a lane, with all that a second try must not change. */
export type AskedTransfer = {
  readonly caller: Caller;
  readonly asked: SendTransfer;
  readonly key: IdempotencyKey | undefined;
  /** The header `Step-Up`. */
  readonly stepUpToken: string | undefined;
  /** The transactions of both sides; `out` is the ledger's transfer too. */
  readonly ids: { readonly out: TransactionId; readonly in: TransactionId };
  readonly at: Date;
};
