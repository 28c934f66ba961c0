import type { Caller } from '#shared/caller.ts';
import type { OpsWalletBody } from '#shared/contracts/payments/wallet-life.ts';
import { AppError } from '#shared/errors.ts';
import type { WalletId } from '#shared/ids.ts';
import type { Sql } from '#shared/sql.ts';
import type { PaymentsPorts } from '../ports.ts';
import { audited } from '../told.ts';
import { findAnyWallet, moveWallet, walletChanges, type WalletFacts } from './life-store.ts';
import { toldOfWallet } from './told-of-wallet.ts';

type Ports = Pick<PaymentsPorts, 'databases' | 'outbox'>;

const STEPS = {
  frozen: { from: 'active', to: 'suspended' },
  unfrozen: { from: 'suspended', to: 'active' },
} as const;

/**
 * What ops do to a wallet. A frozen one takes money in and gives none out; sums that orders hold already go their way.
 *
 * @throws {AppError} NOT_FOUND, CONFLICT for one's own wallet and for one that is closed
 */
export function makeFreezeWallet({ databases, outbox }: Ports) {
  const core = databases.of('core');

  async function take(caller: Caller, id: WalletId, step: keyof typeof STEPS, reason: string): Promise<OpsWalletBody> {
    return await core.transaction(async (tx) => {
      const wallet = await existing(tx, id);
      if (wallet.user_id === caller.userId) {
        throw new AppError('CONFLICT', { message: 'Nobody decides about their own wallet' });
      }
      const move = { ...STEPS[step], actor: caller.userId, reason };
      const outcome = await moveWallet(tx, id, move);
      if (outcome === 'closed') throw new AppError('CONFLICT', { message: 'The wallet is closed' });
      const now = { ...wallet, status: move.to };
      if (outcome === 'done') await outbox.append(tx, toldOfWallet(now, step, caller.userId));
      return await viewOf(tx, now);
    });
  }

  return {
    freezeWallet: (caller: Caller, id: WalletId, reason: string) => take(caller, id, 'frozen', reason),
    unfreezeWallet: (caller: Caller, id: WalletId, reason: string) => take(caller, id, 'unfrozen', reason),

    /** How it stands, for ops; that they looked is written down. @throws {AppError} NOT_FOUND */
    readWallet: async (caller: Caller, id: WalletId): Promise<OpsWalletBody> =>
      await core.transaction(async (tx) => {
        const view = await viewOf(tx, await existing(tx, id));
        const entry = audited({ actor: caller.userId, action: 'payments.wallet_read', subject: id });
        await outbox.append(tx, { audit: [entry] });
        return view;
      }),
  };
}

async function existing(sql: Sql, id: WalletId): Promise<WalletFacts> {
  const wallet = await findAnyWallet(sql, id);
  if (wallet === undefined) throw new AppError('NOT_FOUND', { message: 'There is no such wallet' });
  return wallet;
}

async function viewOf(sql: Sql, wallet: WalletFacts): Promise<OpsWalletBody> {
  const changes = await walletChanges(sql, wallet.id);
  return {
    ...wallet,
    created_at: wallet.created_at.toISOString(),
    changes: changes.map((change) => ({ ...change, at: change.at.toISOString() })),
  };
}
