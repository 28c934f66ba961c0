import type { AuditFilter, AuditTrail, RecordedEntry } from '#services/auth/audit/ports.ts';
import { type Databases, type Sql, statement } from '#shared/sql.ts';

const FIND = statement(
  'audit.find',
  `SELECT audit.number, audit.event_id AS id, audit.occurred_at, audit.actor, audit.action, audit.subject, audit.region,
     audit.outcome, audit.facts, encode(audit.hash, 'hex') AS hash
   FROM events.audit
   WHERE audit.event_id < $1
     AND ($2::text IS NULL OR audit.actor = $2)
     AND ($3::text IS NULL OR audit.subject = $3)
     AND ($4::text IS NULL OR audit.action = $4 OR starts_with(audit.action, $4 || '.'))
     AND ($5::text IS NULL OR audit.outcome = $5)
     AND ($6::text IS NULL OR audit.region = $6)
     AND audit.occurred_at >= $7 AND audit.occurred_at < $8
   ORDER BY audit.event_id DESC LIMIT $9`,
);

/** Above every id. */
const ID_MAX = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Reads the chains of all databases as one. Ids of events carry their time, so their order is that of the records. */
export function makeAuditTrail(databases: Databases): AuditTrail {
  function find(sql: Sql, filter: AuditFilter): Promise<RecordedEntry[]> {
    const { before, actor, subject, action, outcome, region, from, to, limit } = filter;
    return sql.rows<RecordedEntry>(FIND, [
      before ?? ID_MAX,
      actor ?? null,
      subject ?? null,
      action ?? null,
      outcome ?? null,
      region ?? null,
      from ?? '-infinity',
      to ?? 'infinity',
      limit,
    ]);
  }
  return {
    find: async (filter) => {
      const found = await Promise.all(databases.all.map((database) => find(database, filter)));
      return found
        .flat()
        .toSorted((one, other) => (one.id < other.id ? 1 : -1))
        .slice(0, filter.limit);
    },
  };
}
