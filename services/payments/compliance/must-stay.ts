import { firstRow, type Sql, statement } from '#shared/sql.ts';
import type { PayoutRow } from '../store/payouts.ts';

const STAYS = statement(
  'payments.payout-must-stay',
  `SELECT EXISTS (SELECT FROM payments.barred_parties AS party WHERE party.user_id = $1 AND party.is_barred)
     OR EXISTS (SELECT FROM payments.accounts AS account WHERE account.id = $2 AND account.status = 'suspended') AS stays`,
);

/**
 * Whether a payout that no gateway was asked for yet has to stay here after all: its owner came on a list of sanctions, or
 * its wallet was frozen, since it was taken up. What waits in suspense was never in the wallet, so freezing that says
 * nothing of it.
 */
export async function mustStay(
  sql: Sql,
  { user_id: userId, wallet_id: walletId, hold_id: holdId }: Pick<PayoutRow, 'user_id' | 'wallet_id' | 'hold_id'>,
): Promise<boolean> {
  const row = await firstRow<{ readonly stays: boolean }>(sql, STAYS, [userId, holdId === null ? null : walletId]);
  return row!.stays;
}
