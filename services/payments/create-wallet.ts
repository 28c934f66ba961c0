import type { Caller } from '#shared/caller.ts';
import type { WalletBody } from '#shared/contracts/payments/wallets.ts';
import { AppError } from '#shared/errors.ts';
import { happened } from '#shared/events/event.ts';
import { WalletOpened } from '#shared/events/payments.ts';
import type { IdempotencyKey } from '#shared/http/call.ts';
import type { UserId, WalletId } from '#shared/ids.ts';
import type { Currency } from '#shared/money.ts';
import { describeWallet } from './list-wallets.ts';
import { findPerson, type PaymentsPorts } from './ports.ts';
import { findWallet, openWallet } from './store/wallets.ts';
import { audited } from './told.ts';

type Ports = Pick<PaymentsPorts, 'databases' | 'people' | 'clock' | 'idempotency' | 'outbox'>;

export type CreateWallet = { readonly currency: Currency; readonly isPrimary: boolean };

/** Opens a wallet at its owner's wish. CONFLICT when there is one of that currency. */
export function makeCreateWallet({ databases, people, clock, idempotency, outbox }: Ports) {
  return async (
    caller: Caller,
    { currency, isPrimary }: CreateWallet,
    key: IdempotencyKey | undefined,
  ): Promise<WalletBody> => {
    const owner = await findPerson(people, caller.userId);
    const reply = await databases.of('core').transaction((tx) =>
      idempotency.run(tx, { userId: caller.userId, call: 'createWallet', key }, async () => {
        const { id, opened } = await openWallet(tx, caller.userId, currency, isPrimary);
        if (!opened) throw new AppError('CONFLICT', { message: `There is a ${currency} wallet already` });
        const wallet = await findWallet(tx, id, caller.userId);
        await outbox.append(tx, walletOpened(id, caller.userId, currency, caller.userId));
        return { status: 201, body: describeWallet(wallet!, owner, clock()) };
      }),
    );
    return reply.body;
  };
}

/** What is told of a wallet that was opened, by its owner or because money came for them. */
export function walletOpened(walletId: WalletId, userId: UserId, currency: Currency, actor: string) {
  return {
    events: [happened(WalletOpened, walletId, { wallet_id: walletId, user_id: userId, currency })],
    audit: [audited({ actor, action: 'payments.wallet_opened', subject: walletId, facts: { currency } })],
  };
}
