import type { StoredEvent } from '#shared/events/event.ts';
import { type Sql, type Tx, firstRow, statement } from '#shared/sql.ts';

/** What becomes of a dead letter; the migration that made the table tells what each means. */
export type LetterStatus = 'waiting' | 'asked' | 'replayed' | 'discarded';

/** A row of `events.dead_letters`: an event that a group could not handle. */
export type Letter = {
  readonly consumer_group: string;
  readonly event_id: string;
  readonly type: string;
  readonly version: number;
  readonly aggregate_id: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly occurred_at: Date;
  /** Of the last try. */
  readonly reason: string;
  readonly attempts: number;
  readonly failed_at: Date;
  readonly status: LetterStatus;
  readonly asked_by: string | null;
  readonly asked_at: Date | null;
  readonly settled_by: string | null;
  readonly settled_at: Date | null;
  readonly discard_reason: string | null;
};

/** Characters of a failure that are kept. */
const REASON_MAX = 1_000;

const BURY = statement(
  'events.bury',
  `INSERT INTO events.dead_letters
     (consumer_group, event_id, log_offset, type, version, aggregate_id, data, occurred_at, reason, attempts)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING`,
);
const LIST = statement(
  'events.list-dead',
  `SELECT dead.* FROM events.dead_letters AS dead
   WHERE ($1::text IS NULL OR dead.consumer_group = $1) AND ($2::uuid IS NULL OR dead.event_id = $2)
     AND ($3 OR dead.status IN ('waiting', 'asked'))
   ORDER BY dead.consumer_group, dead.failed_at, dead.log_offset LIMIT $4`,
);
const ASK = statement(
  'events.ask-replay',
  `UPDATE events.dead_letters AS dead SET status = 'asked', asked_by = $3, asked_at = now()
   WHERE dead.consumer_group = $1 AND dead.event_id = $2 AND dead.status = 'waiting' RETURNING dead.event_id`,
);
const DISCARD = statement(
  'events.discard-dead',
  `UPDATE events.dead_letters AS dead
   SET status = 'discarded', settled_by = $3, settled_at = now(), discard_reason = $4
   WHERE dead.consumer_group = $1 AND dead.event_id = $2 AND dead.status IN ('waiting', 'asked')
   RETURNING dead.event_id`,
);
const ASKED = statement(
  'events.asked-replays',
  `SELECT dead.consumer_group, dead.event_id FROM events.dead_letters AS dead
   WHERE dead.status = 'asked' AND dead.consumer_group = ANY ($1)
   ORDER BY dead.failed_at, dead.log_offset LIMIT $2`,
);
const TAKE = statement(
  'events.take-asked',
  `SELECT dead.* FROM events.dead_letters AS dead
   WHERE dead.consumer_group = $1 AND dead.event_id = $2 AND dead.status = 'asked' FOR UPDATE`,
);
const REPLAYED = statement(
  'events.dead-replayed',
  `UPDATE events.dead_letters AS dead
   SET status = 'replayed', attempts = dead.attempts + 1, settled_by = dead.asked_by, settled_at = now()
   WHERE dead.consumer_group = $1 AND dead.event_id = $2`,
);
const FAILED_AGAIN = statement(
  'events.dead-failed-again',
  `UPDATE events.dead_letters AS dead
   SET status = 'waiting', attempts = dead.attempts + 1, reason = $3, failed_at = now()
   WHERE dead.consumer_group = $1 AND dead.event_id = $2 AND dead.status = 'asked' RETURNING dead.asked_by`,
);

/** Which dead letter: an event may be one of several groups. */
export type LetterKey = { readonly group: string; readonly eventId: string };

type Burial = LetterKey & {
  readonly event: StoredEvent;
  /** In the log of Postgres; undefined on a bus that has none. */
  readonly logOffset?: bigint;
  readonly failure: unknown;
  /** Tries that failed. */
  readonly attempts: number;
};

/** Sets an event aside for a group, with its reason. A letter of the same group and event stays as it is. */
export async function bury(
  tx: Tx,
  { group, event, logOffset, failure, attempts }: Omit<Burial, 'eventId'>,
): Promise<void> {
  await tx.rows(BURY, [
    group,
    event.id,
    logOffset ?? null,
    event.type,
    event.version,
    event.aggregateId,
    JSON.stringify(event.data),
    event.occurredAt,
    reasonOf(failure),
    attempts,
  ]);
}

/** What a failure says, within {@link REASON_MAX} characters. */
function reasonOf(failure: unknown): string {
  return (failure instanceof Error ? failure.message : String(failure)).slice(0, REASON_MAX);
}

type Wanted = {
  readonly group?: string | undefined;
  readonly eventId?: string | undefined;
  /** Whether those that were replayed or discarded are wanted as well. */
  readonly settled: boolean;
  readonly most: number;
};

/** Letters by group, the oldest failure first. */
export function findLetters(sql: Sql, { group, eventId, settled, most }: Wanted): Promise<Letter[]> {
  return sql.rows<Letter>(LIST, [group ?? null, eventId ?? null, settled, most]);
}

/** Asks for a replay; false when the letter does not wait for one. */
export async function askReplay(tx: Tx, { group, eventId }: LetterKey, by: string): Promise<boolean> {
  return (await firstRow(tx, ASK, [group, eventId, by])) !== undefined;
}

/** Settles a letter unhandled; false when it is settled already. */
export async function discardLetter(
  tx: Tx,
  { group, eventId }: LetterKey,
  by: string,
  reason: string,
): Promise<boolean> {
  return (await firstRow(tx, DISCARD, [group, eventId, by, reason])) !== undefined;
}

/** Letters of some groups whose replay was asked for, in the order in which they had failed. */
export async function askedLetters(sql: Sql, groups: readonly string[], most: number): Promise<LetterKey[]> {
  const rows = await sql.rows<{ consumer_group: string; event_id: string }>(ASKED, [groups, most]);
  return rows.map((row) => ({ group: row.consumer_group, eventId: row.event_id }));
}

/** Locks a letter that was asked for; undefined when someone else has settled it. */
export function takeAsked(tx: Tx, { group, eventId }: LetterKey): Promise<Letter | undefined> {
  return firstRow<Letter>(tx, TAKE, [group, eventId]);
}

export async function settleReplayed(tx: Tx, { group, eventId }: LetterKey): Promise<void> {
  await tx.rows(REPLAYED, [group, eventId]);
}

/** A replay failed: the letter waits again. Returns who had asked; undefined when it was settled meanwhile. */
export async function failedAgain(
  tx: Tx,
  { group, eventId }: LetterKey,
  failure: unknown,
): Promise<string | undefined> {
  return (await firstRow<{ asked_by: string }>(tx, FAILED_AGAIN, [group, eventId, reasonOf(failure)]))?.asked_by;
}

/** The event of a letter, as its group would have got it. */
export function eventOf(letter: Letter): StoredEvent {
  return {
    id: letter.event_id,
    type: letter.type,
    version: letter.version,
    aggregateId: letter.aggregate_id,
    occurredAt: letter.occurred_at,
    data: letter.data,
  };
}
