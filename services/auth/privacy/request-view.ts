import type { PrivacyRequest } from '#shared/contracts/auth/privacy.ts';
import { HELD } from '#shared/privacy.ts';
import type { Country } from '#shared/regions.ts';
import { dueAt } from './rules.ts';
import type { RequestRow } from './store.ts';

/**
 * A request as the one sees it whose data it is about, and ops.
 *
 * @param isSuspended whether the account is: then an erasure waits until that is decided
 */
export function requestView(row: RequestRow, country: Country, isSuspended = false): PrivacyRequest {
  const isErasure = row.kind === 'erasure';
  return {
    id: row.id,
    type: row.kind,
    status: isErasure && isSuspended && row.status === 'pending' ? 'on_hold' : row.status,
    created_at: row.created_at.toISOString(),
    starts_at: isErasure ? row.starts_at.toISOString() : null,
    due_at: dueAt(row.created_at, country).toISOString(),
    completed_at: row.completed_at?.toISOString() ?? null,
    download_url: !isErasure && row.status === 'completed' ? `/api/v1/privacy/requests/${row.id}/file` : null,
    expires_at: row.expires_at?.toISOString() ?? null,
    held: isErasure ? row.held.map(({ what, until }) => ({ what, reason: HELD[what], until })) : [],
  };
}
