import type { WALLET_STATUSES } from '#shared/contracts/payments/wallets.ts';
import type { UserId, WalletId } from '#shared/ids.ts';
import type { Currency } from '#shared/money.ts';
import { newId } from '#shared/new-id.ts';
import { type Sql, type Tx, firstRow, statement } from '#shared/sql.ts';

export type WalletRow = {
  readonly id: WalletId;
  readonly hold_account_id: string;
  readonly user_id: UserId;
  readonly currency: Currency;
  readonly is_primary: boolean;
  readonly status: (typeof WALLET_STATUSES)[number];
  /** Minor units that can be spent, and that are held. */
  readonly available: bigint;
  readonly held: bigint;
  /** The month that `spent_this_month` is of, as `2026-11-01`; null before the first spending. */
  readonly spent_month: string | null;
  readonly spent_this_month: bigint;
  readonly created_at: Date;
  readonly updated_at: Date;
};

const WALLET = `
  SELECT wallet.id, wallet.hold_account_id, wallet.user_id, wallet.currency, wallet.is_primary,
    spendable.status, spendable.balance AS available, held.balance AS held,
    spendable.spent_month::text, spendable.spent_this_month, wallet.created_at,
    greatest(wallet.updated_at, spendable.updated_at, held.updated_at) AS updated_at
  FROM payments.wallets AS wallet
  JOIN payments.accounts AS spendable ON spendable.id = wallet.id
  JOIN payments.accounts AS held ON held.id = wallet.hold_account_id`;

const LIST = statement(
  'payments.list-wallets',
  `${WALLET} WHERE wallet.user_id = $1 ORDER BY wallet.is_primary DESC, wallet.currency`,
);
const FIND = statement('payments.find-wallet', `${WALLET} WHERE wallet.id = $1 AND wallet.user_id = $2`);
const OPEN = statement(
  'payments.open-wallets',
  `SELECT opening.id, opening.opened
   FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) WITH ORDINALITY AS asked (id, hold_id, user_id, place)
   CROSS JOIN LATERAL payments.open_wallet(asked.id, asked.hold_id, asked.user_id, $4, $5) AS opening
   ORDER BY asked.place`,
);
const HAS_MONEY = statement(
  'payments.has-money',
  `SELECT EXISTS (
     SELECT FROM payments.wallets AS wallet
     JOIN payments.accounts AS account ON account.id IN (wallet.id, wallet.hold_account_id)
     WHERE wallet.user_id = $1 AND account.balance > 0
   ) AS has_money`,
);

/** Whether any wallet of this user holds anything, to spend or held. For other domains. */
export async function hasMoney(sql: Sql, userId: UserId): Promise<boolean> {
  return (await firstRow<{ has_money: boolean }>(sql, HAS_MONEY, [userId]))!.has_money;
}

export function listWalletsOf(sql: Sql, userId: UserId): Promise<WalletRow[]> {
  return sql.rows<WalletRow>(LIST, [userId]);
}

/** The wallet when it is this user's; a foreign one is as absent as none. */
export function findWallet(sql: Sql, walletId: string, userId: string): Promise<WalletRow | undefined> {
  return firstRow<WalletRow>(sql, FIND, [walletId, userId]);
}

export type Opening = { readonly id: WalletId; readonly opened: boolean };

/** Opens a wallet unless the user has one of that currency. The first wallet is the primary one, asked for or not. */
export async function openWallet(tx: Tx, userId: UserId, currency: Currency, isPrimary: boolean): Promise<Opening> {
  const [opening] = await openWallets(tx, [userId], currency, isPrimary);
  return opening!;
}

/** The same for many users at once, in their order. */
export function openWallets(
  tx: Tx,
  userIds: readonly UserId[],
  currency: Currency,
  isPrimary: boolean,
): Promise<Opening[]> {
  const ids = userIds.map(() => newId<WalletId>('core'));
  const holdAccountIds = userIds.map(() => newId<WalletId>('core'));
  return tx.rows<Opening>(OPEN, [ids, holdAccountIds, userIds, currency, isPrimary]);
}
