import { randomUUIDv7 } from 'node:crypto';
import type { Outbox } from '#shared/events/event.ts';
import { AUDIT_EVENT } from '#shared/events/audit.ts';
import { statement } from '#shared/sql.ts';

const APPEND = statement(
  'events.append',
  `INSERT INTO events.outbox (event_id, type, version, aggregate_id, data)
   SELECT event.id, event.type, event.version, event.aggregate_id, event.data
   FROM unnest($1::uuid[], $2::text[], $3::smallint[], $4::text[], $5::jsonb[])
     WITH ORDINALITY AS event (id, type, version, aggregate_id, data, place)
   ORDER BY event.place`,
);

/** Writes to `events.outbox` of the database whose transaction it is given, all rows with one insert. */
export function makeOutbox(): Outbox {
  return {
    append: async (tx, { events = [], audit = [] }) => {
      const rows = [
        ...events,
        ...audit.map((entry) => ({ ...AUDIT_EVENT, aggregateId: entry.subject, data: { facts: {}, ...entry } })),
      ];
      if (rows.length === 0) return;
      await tx.rows(APPEND, [
        rows.map(() => randomUUIDv7()),
        rows.map((row) => row.type),
        rows.map((row) => row.version),
        rows.map((row) => row.aggregateId),
        rows.map((row) => JSON.stringify(row.data)),
      ]);
    },
  };
}
