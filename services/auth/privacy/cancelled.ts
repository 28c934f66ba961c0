import { ErasureCancelled } from '#shared/events/account-life.ts';
import { happened, type NewEvent } from '#shared/events/event.ts';
import type { Country } from '#shared/regions.ts';
import type { RequestRow } from './store.ts';

/** What is told of an erasure that was taken back; nothing when there was none. */
export function cancelled(request: RequestRow | undefined, country: Country): NewEvent[] {
  if (request === undefined) return [];
  const { id, account_id: userId } = request;
  return [happened(ErasureCancelled, id, { request_id: id, user_id: userId, country })];
}
