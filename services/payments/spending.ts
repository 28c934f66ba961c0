import type { WalletId } from '#shared/ids.ts';
import type { Money } from '#shared/money.ts';
import { periodsAt } from './calendar.ts';
import type { Spending } from './ledger/post.ts';
import type { Person } from './ports.ts';
import { limitsOf, lowered } from './rules.ts';

/**
 * What a sum counts as against the limits that its owner has at that moment.
 *
 * @param isLimited whether it leaves from a new device, or under a new number
 */
export function spendingOf(
  owner: Person,
  walletId: WalletId,
  { minor, currency }: Money,
  at: Date,
  isLimited = false,
): Spending {
  const periods = periodsAt(at, owner.country);
  const limits = limitsOf({ ...owner, currency }, periods.day);
  return { accountId: walletId, minor, ...periods, ...(isLimited ? lowered(limits, currency) : limits) };
}
