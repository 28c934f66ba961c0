import type { Outbox } from '#shared/events/event.ts';
import type { TransactionId, UserId, WalletId } from '#shared/ids.ts';
import type { Money } from '#shared/money.ts';
import { newId } from '#shared/new-id.ts';
import type { Database, Tx } from '#shared/sql.ts';
import { houseAccountId } from './ledger/house-accounts.ts';
import { move, post } from './ledger/post.ts';
import { endTransactions, insertTransactions, type NewTransaction } from './store/transactions.ts';
import { openWallets } from './store/wallets.ts';
import { audited } from './told.ts';

/** Users per transaction: a few hundred milliseconds of work. */
const BATCH_MAX = 500;

type SeedPorts = { readonly core: Database; readonly outbox: Outbox; readonly clock: () => Date };

/**
 * Gives each user a balance as a completed deposit from the seed account, for development and tests.
 * Its wallets are real, and the books stay right.
 *
 * @returns the wallets, in the order of the users
 */
export async function seedWallets(
  { core, outbox, clock }: SeedPorts,
  userIds: readonly UserId[],
  money: Money,
): Promise<WalletId[]> {
  const seedId = await houseAccountId(core, { kind: 'seed', owner: '', currency: money.currency });
  const wallets: WalletId[] = [];
  for (let first = 0; first < userIds.length; first += BATCH_MAX) {
    const users = userIds.slice(first, first + BATCH_MAX);
    wallets.push(...(await core.transaction((tx) => seedBatch(tx, users))));
  }
  return wallets;

  async function seedBatch(tx: Tx, users: readonly UserId[]): Promise<WalletId[]> {
    const opened = (await openWallets(tx, users, money.currency, false)).map(({ id }) => id);
    if (money.minor === 0n) return opened;

    const at = clock();
    const deposits: NewTransaction[] = users.map((userId, place) => ({
      id: newId<TransactionId>('core'),
      walletId: opened[place]!,
      userId,
      type: 'deposit',
      ...money,
      status: 'pending',
      actor: 'system',
      at,
      description: 'seed',
    }));
    const outcomes = await post(
      tx,
      deposits.map(({ id, walletId, minor }) => ({ id, kind: 'seed', legs: move(seedId, walletId, minor) })),
    );
    const refused = outcomes.find((outcome) => outcome !== 'posted');
    if (refused !== undefined) throw new Error(`a seeded balance was refused: ${refused}`);
    await insertTransactions(tx, deposits);
    await endTransactions(
      tx,
      deposits.map(({ id }) => ({ id, transferId: id })),
      { status: 'completed', actor: 'system', reason: null, at },
    );
    const facts = { users: users.length };
    await outbox.append(tx, {
      audit: [audited({ actor: 'system', action: 'payments.seeded', subject: seedId, facts })],
    });
    return opened;
  }
}
