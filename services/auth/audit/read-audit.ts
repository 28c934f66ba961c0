import type { z } from 'zod';
import type { Caller } from '#shared/caller.ts';
import type { AuditQuery, AuditRecord } from '#shared/contracts/auth/audit.ts';
import type { Outbox } from '#shared/events/event.ts';
import { encodeCursor, idAfter } from '#shared/http/paging.ts';
import { UserId } from '#shared/ids.ts';
import type { Databases } from '#shared/sql.ts';
import type { AuditTrail, RecordedEntry } from './ports.ts';

type Ports = { readonly databases: Databases; readonly outbox: Outbox; readonly trail: AuditTrail };
type Page = { readonly records: AuditRecord[]; readonly next_cursor: string | null };

/**
 * Who did what, newest first. Reading it is written down like everything else.
 *
 * @throws {AppError} VALIDATION_ERROR for a cursor that is not ours
 */
export async function readAudit(
  { databases, outbox, trail }: Ports,
  caller: Caller,
  query: z.output<typeof AuditQuery>,
): Promise<Page> {
  const { cursor, limit, from, to, ...filter } = query;
  // Ids of events are UUIDs like those of people.
  const before = idAfter(cursor, UserId);
  const found = await trail.find({
    actor: filter.actor,
    subject: filter.subject,
    action: filter.action,
    outcome: filter.outcome,
    region: filter.region,
    before,
    from: from === undefined ? undefined : new Date(from),
    to: to === undefined ? undefined : new Date(to),
    limit: limit + 1,
  });
  const page = found.slice(0, limit);
  const { userId, country, role } = caller;
  await databases.of(country).transaction((tx) =>
    outbox.append(tx, {
      audit: [
        {
          actor: userId,
          action: 'auth.audit_read',
          subject: filter.subject ?? filter.actor ?? 'audit',
          region: country,
          outcome: 'ok',
          facts: { role, records: page.length },
        },
      ],
    }),
  );
  const last = page.at(-1);
  return {
    records: page.map(recordView),
    next_cursor: found.length > limit && last !== undefined ? encodeCursor([last.id]) : null,
  };
}

function recordView({ occurred_at: at, number, ...entry }: RecordedEntry): AuditRecord {
  return { ...entry, number: Number(number), occurred_at: at.toISOString() };
}
