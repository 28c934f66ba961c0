import type { Caller } from '#shared/caller.ts';
import type { LiftedBecause, SuppressedAddress } from '#shared/contracts/notifications/suppressions.ts';
import { AppError } from '#shared/errors.ts';
import type { AuditEntry } from '#shared/events/event.ts';
import { encodeCursor, idAfter } from '#shared/http/paging.ts';
import { regionOf, SuppressionId } from '#shared/ids.ts';
import type { Country } from '#shared/regions.ts';
import type { ChannelsPorts } from './ports.ts';
import { findSuppression, liftSuppression, type SuppressionRow, suppressionsBefore } from './store/suppressions.ts';
import { digestible } from './suppress.ts';

type Ports = Pick<ChannelsPorts, 'databases' | 'outbox' | 'keyring'>;

/** Above every id. */
const FIRST = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/**
 * What is suppressed in all regions, the newest first: ids begin with the time. That it was looked at is audited.
 *
 * @throws {AppError} VALIDATION_ERROR for a cursor that is not ours
 */
export function makeListSuppressions({ databases, outbox }: Pick<Ports, 'databases' | 'outbox'>) {
  return async (
    caller: Caller,
    { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number },
  ) => {
    const before = idAfter(cursor, SuppressionId) ?? FIRST;
    const pages = await Promise.all(databases.all.map((sql) => suppressionsBefore(sql, before, limit + 1)));
    const rows = pages.flat().toSorted((a, b) => (a.id < b.id ? 1 : -1));
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const facts = { shown: shown.length };
    await databases.of(caller.country).transaction((tx) =>
      outbox.append(tx, {
        audit: [audited(caller, 'suppressions_listed', 'suppressions', caller.country, facts)],
      }),
    );
    return {
      suppressions: shown.map(viewOf),
      next_cursor: rows.length > limit && last !== undefined ? encodeCursor([last.id]) : null,
    };
  };
}

/** Looks an address up in every region. That it was looked for is audited; which one it was is not written anywhere. */
export function makeFindSuppressions({ databases, outbox, keyring }: Ports) {
  return async (caller: Caller, address: string): Promise<{ suppressions: SuppressedAddress[] }> => {
    const isMail = address.includes('@');
    const way = isMail ? 'email' : 'sms';
    const digests = keyring.digests(isMail ? 'email' : 'phone', digestible(address));
    const found = await Promise.all(databases.all.map((sql) => findSuppression(sql, way, digests)));
    const suppressions = found.flatMap((row) => (row === undefined ? [] : [viewOf(row)]));
    await databases.of(caller.country).transaction((tx) =>
      outbox.append(tx, {
        audit: [
          audited(caller, 'suppressions_searched', 'suppressions', caller.country, { found: suppressions.length }),
        ],
      }),
    );
    return { suppressions };
  };
}

/** @throws {AppError} NOT_FOUND when there is none */
export function makeLiftSuppression({ databases, outbox }: Pick<Ports, 'databases' | 'outbox'>) {
  return async (caller: Caller, id: SuppressionId, reason: LiftedBecause): Promise<SuppressedAddress> =>
    await databases.of(regionOf(id)).transaction(async (tx) => {
      const row = await liftSuppression(tx, id);
      if (row === undefined) throw new AppError('NOT_FOUND');
      const facts = { way: row.way, was: row.reason, reason };
      await outbox.append(tx, { audit: [audited(caller, 'suppression_lifted', id, countryOf(row), facts)] });
      return viewOf(row);
    });
}

function audited(
  { userId }: Caller,
  action: string,
  subject: string,
  region: Country,
  facts: NonNullable<AuditEntry['facts']>,
): AuditEntry {
  return { actor: userId, action: `notifications.${action}`, subject, region, outcome: 'ok', facts };
}

function countryOf({ id }: SuppressionRow): Country {
  return regionOf(id) as Country;
}

function viewOf(row: SuppressionRow): SuppressedAddress {
  return {
    id: row.id,
    type: row.way,
    country: countryOf(row),
    reason: row.reason,
    provider: row.provider,
    notification_id: row.notification_id,
    created_at: row.created_at.toISOString(),
  };
}
