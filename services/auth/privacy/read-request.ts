import type { Caller } from '#shared/caller.ts';
import type { PrivacyRequest } from '#shared/contracts/auth/privacy.ts';
import { AppError } from '#shared/errors.ts';
import type { PrivacyRequestId, UserId } from '#shared/ids.ts';
import type { Databases, Sql } from '#shared/sql.ts';
import { actingAs } from '#shared/act-as.ts';
import { requestView } from './request-view.ts';
import { findRequest, type RequestRow } from './store.ts';

/** @throws {AppError} NOT_FOUND */
export async function ownRequest(sql: Sql, userId: UserId, id: PrivacyRequestId): Promise<RequestRow> {
  const request = await findRequest(sql, id, userId);
  if (request === undefined) throw new AppError('NOT_FOUND');
  return request;
}

/** @throws {AppError} NOT_FOUND */
export async function readRequest(
  databases: Databases,
  { userId, country }: Caller,
  id: PrivacyRequestId,
): Promise<PrivacyRequest> {
  const request = await actingAs(databases.of(country), userId, (tx) => ownRequest(tx, userId, id));
  return requestView(request, country);
}
