import type { TransactionType } from '#shared/contracts/payments/transaction.ts';
import type { Consumer } from '#shared/events/bus.ts';
import { dataOf } from '#shared/events/event.ts';
import { TransactionUpdated } from '#shared/events/payments.ts';
import type { TransactionId, UserId, WalletId } from '#shared/ids.ts';

type Credited = { readonly walletId: WalletId; readonly userId: UserId; readonly transactionId: TransactionId };

export type OverHeldMaxPorts = {
  /** Notes it when the wallet holds more than the law of its owner's country lets it. */
  readonly noteOverHeldMax: (credited: Credited) => Promise<void>;
};

/** What may bring money that is owed, and so is not refused. */
const CREDITS: ReadonlySet<TransactionType> = new Set(['deposit', 'transfer_in', 'refund', 'conversion', 'withdrawal']);

/** Watches wallets that money came into, whichever way it came. */
export function makeOverHeldMax({ noteOverHeldMax }: OverHeldMaxPorts): Consumer {
  return {
    group: 'over-held-max',
    types: [TransactionUpdated.type],
    starts: 'newest',
    handle: async (events) => {
      for (const event of events) {
        const change = dataOf(TransactionUpdated, event);
        if (change === undefined || !CREDITS.has(change.type)) continue;
        await noteOverHeldMax({
          walletId: change.wallet_id,
          userId: change.user_id,
          transactionId: change.transaction_id,
        });
      }
    },
  };
}
