import type { Caller } from '#shared/caller.ts';
import { AppError } from '#shared/errors.ts';
import type { Databases } from '#shared/sql.ts';
import { DAY } from '#shared/time.ts';
import { findByPhone } from './people.ts';
import type { Budgets } from './ports.ts';
import type { AccountRow } from './store.ts';

/** Numbers that one person looks up in a day: a large address book, and far too few to go through a block of numbers. */
const NUMBERS = { bucket: 'auth.lookups', limit: 5_000, windowMs: DAY } as const;

export type LookUpPorts = { readonly databases: Databases; readonly budgets: Budgets; readonly budgetFactor: number };

/**
 * Which of these E.164 numbers have an account, without those who have blocked the caller.
 *
 * @throws {AppError} RATE_LIMIT_EXCEEDED beyond 5,000 numbers in a day
 */
export async function lookUpUsers(
  ports: LookUpPorts,
  caller: Caller,
  phoneNumbers: readonly string[],
): Promise<AccountRow[]> {
  const wanted = [...new Set(phoneNumbers)];
  if (wanted.length === 0) return [];
  const limit = NUMBERS.limit * ports.budgetFactor;
  const draw = { ...NUMBERS, limit, key: caller.userId, count: wanted.length };
  // While the counters are away people still find each other, as with all that is only read.
  const spent = await ports.budgets.spend([draw]).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'UPSTREAM_UNAVAILABLE') return { allowed: true } as const;
    throw error;
  });
  if (!spent.allowed) throw new AppError('RATE_LIMIT_EXCEEDED', { retryAfterS: spent.retryAfterS });
  return await findByPhone(ports.databases, caller.userId, wanted);
}
