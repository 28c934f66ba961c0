import type { Currency } from '#shared/money.ts';
import type { Sql } from '#shared/sql.ts';
import { type HouseAccount, houseAccountId } from '../ledger/house-accounts.ts';

/** The accounts of the house that a gateway's movements touch. */
export type GatewayHouse = {
  readonly clearing: string;
  readonly suspense: string;
  readonly fees: string;
  readonly bank: string;
};

/** Those of a gateway for some currencies. They are opened the first time, so ask before the transaction that uses them. */
export async function gatewayHouses(
  sql: Sql,
  gateway: string,
  currencies: Iterable<Currency>,
): Promise<ReadonlyMap<Currency, GatewayHouse>> {
  const houses = new Map<Currency, GatewayHouse>();
  for (const currency of new Set(currencies)) {
    const id = (kind: HouseAccount['kind']) => houseAccountId(sql, { kind, owner: gateway, currency });
    houses.set(currency, {
      clearing: await id('gateway_clearing'),
      suspense: await id('suspense'),
      fees: await id('gateway_fees'),
      bank: await id('bank'),
    });
  }
  return houses;
}
