import type { Caller } from '#shared/caller.ts';
import type { WalletThenBody } from '#shared/contracts/payments/wallet-life.ts';
import type { WalletBody } from '#shared/contracts/payments/wallets.ts';
import { AppError, invalid } from '#shared/errors.ts';
import type { WalletId } from '#shared/ids.ts';
import type { Sql } from '#shared/sql.ts';
import { describeWallet } from '../list-wallets.ts';
import { findPerson, type PaymentsPorts } from '../ports.ts';
import { findWallet, type WalletRow } from '../store/wallets.ts';
import { auditedRefusal } from '../told.ts';
import { balancesBefore, makePrimary, moveWallet } from './life-store.ts';
import { toldOfWallet } from './told-of-wallet.ts';

type Ports = Pick<PaymentsPorts, 'databases' | 'people' | 'clock' | 'outbox' | 'log' | 'ruleMeters'>;

/** What owners do with one wallet of theirs. A foreign wallet is as absent as none. */
export function makeOwnWallet(ports: Ports) {
  const { databases, people, clock, outbox } = ports;
  const core = databases.of('core');

  return {
    /**
     * How it stands, or stood: with `at` the balances are those at the end of that millisecond, and all else is of today.
     *
     * @throws {AppError} NOT_FOUND, VALIDATION_ERROR for a moment that is still to come
     */
    getWallet: async (caller: Pick<Caller, 'userId'>, id: WalletId, at: Date | undefined): Promise<WalletThenBody> => {
      if (at !== undefined && at > clock()) throw invalid('at', 'is still to come');
      const [owner, row] = await Promise.all([findPerson(people, caller.userId), existing(core, id, caller)]);
      if (at === undefined) return describeWallet(row, owner, clock());
      const then = await balancesBefore(core, id, new Date(at.getTime() + 1));
      return { ...describeWallet({ ...row, ...then }, owner, clock()), as_of: at.toISOString() };
    },

    /** @throws {AppError} NOT_FOUND, CONFLICT for a closed wallet, and when the primary one is to be none */
    updateWallet: async (caller: Caller, id: WalletId, isPrimary: boolean): Promise<WalletBody> => {
      const owner = await findPerson(people, caller.userId);
      return await core.transaction(async (tx) => {
        const row = await existing(tx, id, caller);
        if (!isPrimary && row.is_primary) {
          throw new AppError('CONFLICT', { message: 'Make another wallet the primary one instead' });
        }
        if (row.status === 'closed') throw new AppError('CONFLICT', { message: 'The wallet is closed' });
        if (isPrimary && !row.is_primary) {
          await makePrimary(tx, id);
          await outbox.append(tx, toldOfWallet(row, 'made_primary', caller.userId));
        }
        return describeWallet(await existing(tx, id, caller), owner, clock());
      });
    },

    /**
     * Closes it. Closing again changes nothing.
     *
     * @throws {AppError} NOT_FOUND, CONFLICT while there is money in it or on its way, and while it is frozen
     */
    closeWallet: async (caller: Caller, id: WalletId): Promise<WalletBody> => {
      const owner = await findPerson(people, caller.userId);
      try {
        return await core.transaction(async (tx) => {
          await existing(tx, id, caller);
          const move = { from: 'active', to: 'closed', actor: caller.userId, reason: 'closed_by_owner' } as const;
          const outcome = await moveWallet(tx, id, move);
          const row = await existing(tx, id, caller);
          if (outcome === 'done') await outbox.append(tx, toldOfWallet(row, 'closed', caller.userId));
          else if (outcome !== 'same') throw new AppError('CONFLICT', { message: OPEN_BECAUSE[outcome!] ?? outcome! });
          return describeWallet(row, owner, clock());
        });
      } catch (error) {
        const entry = { actor: caller.userId, action: 'payments.wallet_closed', subject: id };
        return await auditedRefusal(ports, entry, error);
      }
    },
  };
}

const OPEN_BECAUSE: Readonly<Record<string, string>> = {
  not_empty: 'There is money in the wallet',
  under_way: 'Something is under way in the wallet; wait until it has ended',
  suspended: 'The wallet is frozen',
};

async function existing(sql: Sql, id: WalletId, { userId }: Pick<Caller, 'userId'>): Promise<WalletRow> {
  const row = await findWallet(sql, id, userId);
  if (row === undefined) throw new AppError('NOT_FOUND', { message: 'There is no such wallet' });
  return row;
}
