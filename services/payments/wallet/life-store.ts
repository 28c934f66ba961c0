import type { WalletStatus } from '#shared/contracts/payments/wallets.ts';
import type { UserId, WalletId } from '#shared/ids.ts';
import type { Currency } from '#shared/money.ts';
import { type Sql, type Tx, firstRow, statement } from '#shared/sql.ts';

/** A wallet of anybody's, without what is in it. */
export type WalletFacts = {
  readonly id: WalletId;
  readonly user_id: UserId;
  readonly currency: Currency;
  readonly status: WalletStatus;
  readonly is_primary: boolean;
  readonly created_at: Date;
};

export type WalletChangeRow = {
  readonly previous: WalletStatus;
  readonly status: WalletStatus;
  readonly actor: string;
  readonly reason: string | null;
  readonly at: Date;
};

const FIND = statement(
  'payments.find-any-wallet',
  `SELECT wallet.id, wallet.user_id, wallet.currency, account.status, wallet.is_primary, wallet.created_at
   FROM payments.wallets AS wallet JOIN payments.accounts AS account ON account.id = wallet.id WHERE wallet.id = $1`,
);
const CHANGES = statement(
  'payments.wallet-changes',
  `SELECT change.previous, change.status, change.actor, change.reason, change.at
   FROM payments.wallet_changes AS change WHERE change.wallet_id = $1 ORDER BY change.at DESC LIMIT 100`,
);
const MOVE = statement('payments.move-wallet', 'SELECT payments.move_wallet($1, $2, $3, $4, $5) AS outcome');
const MAKE_PRIMARY = statement('payments.make-primary', 'SELECT payments.make_primary($1)');
const BALANCES_BEFORE = statement(
  'payments.balances-before',
  `SELECT payments.balance_before(wallet.id, $2) AS available, payments.balance_before(wallet.hold_account_id, $2) AS held
   FROM payments.wallets AS wallet WHERE wallet.id = $1`,
);

/** Whosever it is. */
export function findAnyWallet(sql: Sql, id: WalletId): Promise<WalletFacts | undefined> {
  return firstRow<WalletFacts>(sql, FIND, [id]);
}

/** The latest hundred changes of its status, newest first. */
export function walletChanges(sql: Sql, id: WalletId): Promise<WalletChangeRow[]> {
  return sql.rows<WalletChangeRow>(CHANGES, [id]);
}

export type WalletMove = {
  readonly from: WalletStatus;
  readonly to: WalletStatus;
  readonly actor: string;
  readonly reason: string | null;
};

/** `done`, or why not: it is there already, it is elsewhere, it holds money, or something of it is under way. */
export type MoveOutcome = 'done' | 'same' | WalletStatus | 'not_empty' | 'under_way' | null;

export async function moveWallet(tx: Tx, id: WalletId, { from, to, actor, reason }: WalletMove): Promise<MoveOutcome> {
  const row = await firstRow<{ readonly outcome: MoveOutcome }>(tx, MOVE, [id, from, to, actor, reason]);
  return row!.outcome;
}

export async function makePrimary(tx: Tx, id: WalletId): Promise<void> {
  await tx.rows(MAKE_PRIMARY, [id]);
}

/** What could be spent and what was held before a moment, in minor units. */
export async function balancesBefore(
  sql: Sql,
  id: WalletId,
  before: Date,
): Promise<{ readonly available: bigint; readonly held: bigint }> {
  return (await firstRow<{ available: bigint; held: bigint }>(sql, BALANCES_BEFORE, [id, before]))!;
}
