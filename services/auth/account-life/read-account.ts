import type { Caller } from '#shared/caller.ts';
import type { OpsAccount } from '#shared/contracts/auth/account-life.ts';
import { AppError } from '#shared/errors.ts';
import type { Outbox } from '#shared/events/event.ts';
import { regionOf, type UserId } from '#shared/ids.ts';
import type { Databases, Sql } from '#shared/sql.ts';
import { changesOf, findLife } from './store.ts';

/** @throws {AppError} NOT_FOUND */
export async function accountView(sql: Sql, userId: UserId): Promise<OpsAccount> {
  const account = await findLife(sql, userId);
  if (account === undefined) throw new AppError('NOT_FOUND');
  const changes = await changesOf(sql, userId);
  return {
    id: account.id,
    status: account.status,
    country_code: account.country_code,
    created_at: account.created_at.toISOString(),
    deleted_at: account.deleted_at?.toISOString() ?? null,
    erased_at: account.erased_at?.toISOString() ?? null,
    changes: changes.map((change) => ({ ...change, at: change.at.toISOString() })),
  };
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
