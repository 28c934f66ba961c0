import type { Caller } from '#shared/caller.ts';
import type { WalletBody } from '#shared/contracts/payments/wallets.ts';
import { periodsAt } from './calendar.ts';
import { type Person, findPerson, type PaymentsPorts } from './ports.ts';
import { limitsOf } from './rules.ts';
import { type WalletRow, listWalletsOf } from './store/wallets.ts';
import { walletBody } from './wire.ts';

type Ports = Pick<PaymentsPorts, 'databases' | 'people' | 'clock'>;

/** The caller's wallets, the primary one first. */
export function makeListWallets({ databases, people, clock }: Ports) {
  return async (caller: Caller): Promise<WalletBody[]> => {
    const [person, rows] = await Promise.all([
      findPerson(people, caller.userId),
      listWalletsOf(databases.of('core'), caller.userId),
    ]);
    return rows.map((row) => describeWallet(row, person, clock()));
  };
}

/** A wallet with the limits that its owner has now. */
export function describeWallet(row: WalletRow, owner: Person, now: Date): WalletBody {
  const { day, month } = periodsAt(now, owner.country);
  return walletBody(row, limitsOf({ ...owner, currency: row.currency }, day), month);
}
