import type { Brand } from '#shared/ids.ts';
import type { Currency } from '#shared/money.ts';
import { newId } from '#shared/new-id.ts';
import { type Sql, firstRow, statement } from '#shared/sql.ts';

/**
 * Accounts that are no wallet's. `owner` is a gateway's name (`gateway_clearing`, `gateway_fees`, `bank`), a merchant's
 * user id (`merchant_payable`), or empty.
 */
export type HouseAccount = {
  readonly kind:
    | 'gateway_clearing'
    | 'gateway_fees'
    | 'bank'
    | 'merchant_payable'
    | 'fees'
    | 'liquidity'
    | 'suspense'
    | 'seed';
  readonly owner: string;
  readonly currency: Currency;
};

const FIND = statement(
  'payments.find-house-account',
  `SELECT account.id FROM payments.accounts AS account
   WHERE account.kind = $1 AND account.owner = $2 AND account.currency = $3`,
);
const OPEN = statement(
  'payments.open-house-account',
  `INSERT INTO payments.accounts (id, kind, owner, currency) VALUES ($4, $1, $2, $3) ON CONFLICT DO NOTHING`,
);

type AccountRow = { readonly id: string };

/** The id of a house account, which is opened the first time it is asked for. Ask before the transaction that uses it. */
export async function houseAccountId(sql: Sql, { kind, owner, currency }: HouseAccount): Promise<string> {
  const key = [kind, owner, currency];
  const found = await firstRow<AccountRow>(sql, FIND, key);
  if (found !== undefined) return found.id;
  await sql.rows(OPEN, [...key, newId<Brand<string, 'AccountId'>>('core')]);
  const opened = await firstRow<AccountRow>(sql, FIND, key);
  return opened!.id;
}
