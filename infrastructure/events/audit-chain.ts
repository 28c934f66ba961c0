import { createHash } from 'node:crypto';
import { AuditRecorded } from '#shared/events/audit.ts';
import type { Consumer } from '#shared/events/bus.ts';
import { type StoredEvent, dataOf } from '#shared/events/event.ts';
import { type Sql, firstRow, statement } from '#shared/sql.ts';

const HEAD = statement(
  'audit.head',
  'SELECT audit.number, audit.hash FROM events.audit ORDER BY audit.number DESC LIMIT 1',
);
const AT = statement('audit.at', 'SELECT audit.number, audit.hash FROM events.audit WHERE audit.number = $1');
const APPEND = statement(
  'audit.append',
  `INSERT INTO events.audit
     (number, event_id, occurred_at, actor, action, subject, region, outcome, facts, previous_hash, hash)
   SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[],
     $8::text[], $9::jsonb[], $10::bytea[], $11::bytea[])`,
);
const PAGE = statement(
  'audit.page',
  'SELECT audit.* FROM events.audit WHERE audit.number > $1 ORDER BY audit.number LIMIT 1000',
);

/** A record's place in the chain. */
export type ChainLink = { readonly number: bigint; readonly hash: Buffer };

/** The end of the chain; undefined for an empty one. */
export function newestLink(sql: Sql): Promise<ChainLink | undefined> {
  return firstRow<ChainLink>(sql, HEAD);
}

export function linkAt(sql: Sql, number: bigint): Promise<ChainLink | undefined> {
  return firstRow<ChainLink>(sql, AT, [number]);
}

type AuditRow = {
  readonly number: bigint;
  readonly event_id: string;
  readonly occurred_at: Date;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly region: string;
  readonly outcome: string;
  readonly facts: Readonly<Record<string, string | number | boolean>>;
  readonly previous_hash: Buffer;
  readonly hash: Buffer;
};

/** What the first record's `previous_hash` is: 32 zero bytes. */
const GENESIS = Buffer.alloc(32);

/** SHA-256 over the record before it and every field of this one, as JSON with sorted facts. */
function hashOf(row: Omit<AuditRow, 'hash'>): Buffer {
  const facts = Object.entries(row.facts).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const fields = [
    row.number.toString(),
    row.event_id,
    row.occurred_at.toISOString(),
    row.actor,
    row.action,
    row.subject,
    row.region,
    row.outcome,
    facts,
  ];
  return createHash('sha256').update(row.previous_hash).update(JSON.stringify(fields)).digest();
}

/**
 * Appends audit events to the hash chain, in log order, each exactly once.
 *
 * The consumer is the chain's only writer: writers of audit entries pay one outbox row and never wait for each other.
 */
export const auditChain: Consumer = {
  group: 'audit',
  types: [AuditRecorded.type],
  handle: async (events, tx) => {
    const head = await newestLink(tx);
    let previous: ChainLink = { number: head?.number ?? 0n, hash: head?.hash ?? GENESIS };
    const rows = events.map((event) => {
      const row = rowOf(event, previous);
      previous = row;
      return row;
    });
    await tx.rows(APPEND, [
      rows.map((row) => row.number),
      rows.map((row) => row.event_id),
      rows.map((row) => row.occurred_at),
      rows.map((row) => row.actor),
      rows.map((row) => row.action),
      rows.map((row) => row.subject),
      rows.map((row) => row.region),
      rows.map((row) => row.outcome),
      rows.map((row) => JSON.stringify(row.facts)),
      rows.map((row) => row.previous_hash),
      rows.map((row) => row.hash),
    ]);
  },
};

function rowOf(event: StoredEvent, previous: ChainLink): AuditRow {
  const entry = dataOf(AuditRecorded, event);
  if (entry === undefined) throw new Error(`audit.recorded version ${event.version} is not known here`);
  // Postgres keeps microseconds, a Date milliseconds: the chain is over what a Date holds, and that is what is stored.
  const row = {
    ...entry,
    number: previous.number + 1n,
    event_id: event.id,
    occurred_at: event.occurredAt,
    previous_hash: previous.hash,
  };
  return { ...row, hash: hashOf(row) };
}

/** What is wrong with the chain, or how many records it holds when nothing is. */
export type ChainVerdict =
  | { readonly ok: true; readonly records: bigint }
  | { readonly ok: false; readonly brokenAt: bigint };

/**
 * Recomputes the whole chain. A changed, missing or inserted record shows as the first number that does not fit; what was
 * cut off the end does not, for which heads are signed.
 *
 * @param onLink told of each record that fits
 */
export async function verifyAuditChain(
  sql: Sql,
  onLink: (link: ChainLink & { readonly occurredAt: Date }) => void = () => undefined,
): Promise<ChainVerdict> {
  let previous: ChainLink = { number: 0n, hash: GENESIS };
  for (;;) {
    const page = await sql.rows<AuditRow>(PAGE, [previous.number]);
    if (page.length === 0) return { ok: true, records: previous.number };
    for (const row of page) {
      const follows = row.number === previous.number + 1n && row.previous_hash.equals(previous.hash);
      if (!follows || !hashOf(row).equals(row.hash)) return { ok: false, brokenAt: previous.number + 1n };
      previous = row;
      onLink({ number: row.number, hash: row.hash, occurredAt: row.occurred_at });
    }
  }
}
