import type { TransactionId, UserId, WalletId } from '#shared/ids.ts';
import type { PaymentsPorts } from '../ports.ts';
import { findWallet } from '../store/wallets.ts';
import { audited } from '../told.ts';
import { decimalOf } from '../wire.ts';
import { heldMaxFor } from './held-max.ts';

type Ports = Pick<PaymentsPorts, 'databases' | 'people' | 'clock' | 'outbox'>;

export type Credited = {
  readonly walletId: WalletId;
  readonly userId: UserId;
  readonly transactionId: TransactionId;
};

/**
 * Notes for auditors that a wallet holds more than it may. What is owed is credited all the same: a refund, a merchant's
 * settlement, a deposit that came late. Harmless again: it says what is so at that moment.
 */
export function makeNoteOverHeldMax({ databases, people, clock, outbox }: Ports) {
  const core = databases.of('core');
  return async ({ walletId, userId, transactionId }: Credited): Promise<void> => {
    const wallet = await findWallet(core, walletId, userId);
    if (wallet === undefined) return;
    const { currency, available, held } = wallet;
    const max = await heldMaxFor(people, userId, currency, clock());
    if (max === undefined || available + held <= max) return;
    const facts = { transactionId, over: decimalOf(available + held - max, currency), currency };
    const entry = audited({ actor: 'system', action: 'payments.wallet_over_held_max', subject: walletId, facts });
    await core.transaction((tx) => outbox.append(tx, { audit: [entry] }));
  };
}
