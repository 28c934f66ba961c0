import type { TracedAudit, TracedEvent, TracedRequest, TraceRecords } from '#services/payments/trace/ports.ts';
import { type Databases, statement } from '#shared/sql.ts';

const ROWS_MAX = 200;

const REQUESTS = statement(
  'trace.requests',
  `SELECT stored.call, stored.status::int AS status, stored.created_at AS at FROM http.idempotency_keys AS stored
   WHERE stored.user_id = $1 AND stored.body->>'id' = $2 ORDER BY stored.created_at LIMIT ${ROWS_MAX}`,
);
/** The log is parted by days, so that the moment bounds what is read. */
const EVENTS = statement(
  'trace.events',
  `SELECT told.id, told.type, told.version, told.aggregate_id, told.occurred_at, told.log_offset FROM (
     SELECT log.event_id AS id, log.type, log.version::int AS version, log.aggregate_id, log.occurred_at, log.log_offset
     FROM events.log WHERE log.moved_at >= $2 AND log.aggregate_id = ANY ($1)
     UNION ALL
     SELECT outbox.event_id, outbox.type, outbox.version::int, outbox.aggregate_id, outbox.occurred_at, NULL
     FROM events.outbox WHERE outbox.aggregate_id = ANY ($1)
   ) AS told
   ORDER BY told.occurred_at, told.id LIMIT ${ROWS_MAX}`,
);
const AUDIT = statement(
  'trace.audit',
  `SELECT audit.occurred_at, audit.actor, audit.action, audit.subject, audit.outcome FROM events.audit
   WHERE audit.subject = ANY ($1) ORDER BY audit.event_id LIMIT ${ROWS_MAX}`,
);

/** Reads answered calls, events and audit records of the core database. */
export function makeTraceRecords(databases: Databases): TraceRecords {
  const core = databases.of('core');
  return {
    requests: (userId, transactionId) => core.rows<TracedRequest>(REQUESTS, [userId, transactionId]),
    events: (ids, since) => core.rows<TracedEvent>(EVENTS, [ids, since]),
    audit: (ids) => core.rows<TracedAudit>(AUDIT, [ids]),
  };
}
