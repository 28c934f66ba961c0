import type { Caller } from '#shared/caller.ts';
import type { OpsAccount } from '#shared/contracts/auth/account-life.ts';
import { AppError } from '#shared/errors.ts';
import type { Outbox } from '#shared/events/event.ts';
import { regionOf, type UserId } from '#shared/ids.ts';
import type { Database, Databases, Tx } from '#shared/sql.ts';
import { actAs } from '#shared/act-as.ts';
import { requestView } from '../privacy/request-view.ts';
import { findOpenRequest } from '../privacy/store.ts';
import { changesOf, findLife, isSuspended } from './store.ts';

/** @throws {AppError} NOT_FOUND */
async function accountView(tx: Tx, userId: UserId): Promise<OpsAccount> {
  const account = await findLife(tx, userId);
  if (account === undefined) throw new AppError('NOT_FOUND');
  const changes = await changesOf(tx, userId);
  await actAs(tx, 'staff');
  const erasure = await findOpenRequest(tx, userId, 'erasure');
  const suspended = isSuspended(account);
  return {
    id: account.id,
    status: account.status,
    is_suspended: suspended,
    country_code: account.country_code,
    created_at: account.created_at.toISOString(),
    deleted_at: account.deleted_at?.toISOString() ?? null,
    restorable_until: account.restorable_until?.toISOString() ?? null,
    erased_at: account.erased_at?.toISOString() ?? null,
    erasure: erasure === undefined ? null : requestView(erasure, account.country_code, suspended),
    changes: changes.map((change) => ({ ...change, at: change.at.toISOString() })),
  };
}

/** How an account stands after ops have done something to it. @throws {AppError} NOT_FOUND */
export function viewForStaff(database: Database, userId: UserId): Promise<OpsAccount> {
  return database.transaction((tx) => accountView(tx, userId));
}

/**
 * How an account stands, for ops. That they looked is written down, since reasons are personal.
 *
 * @throws {AppError} NOT_FOUND
 */
export async function readAccount(
  { databases, outbox }: { readonly databases: Databases; readonly outbox: Outbox },
  caller: Caller,
  userId: UserId,
): Promise<OpsAccount> {
  const region = regionOf(userId);
  return await databases.of(region).transaction(async (tx) => {
    const view = await accountView(tx, userId);
    const audit = {
      actor: caller.userId,
      action: 'auth.account_read',
      subject: userId,
      region,
      outcome: 'ok',
    } as const;
    await outbox.append(tx, { audit: [audit] });
    return view;
  });
}
