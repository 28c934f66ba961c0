import type { UserId, WalletId } from '#shared/ids.ts';
import type { Currency } from '#shared/money.ts';
import { newId } from '#shared/new-id.ts';
import { type Tx, statement } from '#shared/sql.ts';

export type Opening = { readonly id: WalletId; readonly opened: boolean };

export type WantedWallet = { readonly userId: UserId; readonly currency: Currency };

/** Openings of one user wait for each other, so they are made in the order of the users: nobody waits in a circle. */
const OPEN = statement(
  'payments.open-missing-wallets',
  `SELECT opening.id, opening.opened
   FROM (
     SELECT one.* FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[])
       WITH ORDINALITY AS one (id, hold_id, user_id, currency, place)
     ORDER BY one.user_id, one.currency
   ) AS asked
   CROSS JOIN LATERAL payments.open_wallet(asked.id, asked.hold_id, asked.user_id, asked.currency, false) AS opening
   ORDER BY asked.place`,
);

/** Opens those of the wallets that are not there yet, all before the ledger's locks, and answers in the order given. */
export function openMissing(tx: Tx, wanted: readonly WantedWallet[]): Promise<Opening[]> {
  return tx.rows<Opening>(OPEN, [
    wanted.map(() => newId<WalletId>('core')),
    wanted.map(() => newId<WalletId>('core')),
    wanted.map(({ userId }) => userId),
    wanted.map(({ currency }) => currency),
  ]);
}
