import type { NotificationId } from '#shared/ids.ts';
import { firstRow, type Sql, statement, type Tx } from '#shared/sql.ts';
import { COLUMNS, type NotificationRow, type State } from './notifications.ts';

/** One that somebody has taken on, at the moment `taken_at` of the database's clock. */
export type TakenRow = NotificationRow & { readonly taken_at: Date };

// One that is sending already was left by someone who died: the time for it is over. Each priority is looked at by the
// index of its own, so that what is urgent is found at once however much else has been due for longer.
const TAKE = statement(
  'notifications.take-due',
  `WITH due AS (
     SELECT first.id
     FROM (VALUES (1, 'urgent'), (2, 'high'), (3, 'medium'), (4, 'low')) AS rank (place, priority)
     CROSS JOIN LATERAL (
       SELECT next.id, next.due_at FROM notifications.notifications AS next
       WHERE next.priority = rank.priority AND next.due_at <= now()
       ORDER BY next.due_at LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED
     ) AS first
     ORDER BY rank.place, first.due_at LIMIT $1
   )
   UPDATE notifications.notifications
   SET due_at = now() + $2 * interval '1 millisecond', state = 'sending', updated_at = now(),
       retry_count = notifications.retry_count + CASE WHEN notifications.state = 'sending' THEN 1 ELSE 0 END,
       broken_count = notifications.broken_count + CASE WHEN notifications.state = 'sending' THEN 1 ELSE 0 END
   FROM due WHERE notifications.id = due.id
   RETURNING ${COLUMNS}, now() AS taken_at`,
);

/** Takes on the most urgent, and of those the longest due, for so many milliseconds. Of several takers each gets others. */
export function takeDue(sql: Sql, limit: number, leaseMs: number): Promise<TakenRow[]> {
  return sql.rows<TakenRow>(TAKE, [limit, leaseMs]);
}

/** What became of one that was taken on. */
export type Settled = {
  readonly id: NotificationId;
  readonly state: Exclude<State, 'sending'>;
  readonly reason: string | null;
  /** Milliseconds until it is taken on again; null where it rests. */
  readonly againInMs: number | null;
  readonly notBefore: Date | null;
  readonly retries: number;
  readonly broken: number;
  readonly provider: string | null;
  readonly template_version: number | null;
  readonly locale: string | null;
  readonly subject: string | null;
  readonly content: string | null;
  readonly variables: Readonly<Record<string, unknown>> | null;
};

// Whoever took too long finds that another has it, or that its report has come already: then nothing is written.
const SETTLE = statement(
  'notifications.settle',
  `UPDATE notifications.notifications
   SET state = made.state, reason = made.reason, retry_count = made.retries, broken_count = made.broken,
       due_at = CASE WHEN made."againInMs" IS NOT NULL
         THEN greatest(now() + made."againInMs" * interval '1 millisecond', made."notBefore") END,
       provider = coalesce(made.provider, notifications.provider),
       template_version = coalesce(made.template_version, notifications.template_version),
       locale = coalesce(made.locale, notifications.locale),
       subject = coalesce(made.subject, notifications.subject),
       content = coalesce(made.content, notifications.content),
       variables = coalesce(made.variables, notifications.variables),
       sent_at = CASE WHEN made.state IN ('sent', 'delivered') THEN now() ELSE notifications.sent_at END,
       delivered_at = CASE WHEN made.state = 'delivered' THEN now() ELSE notifications.delivered_at END,
       updated_at = now()
   FROM jsonb_to_recordset($1::jsonb) AS made (id uuid, state text, reason text, "againInMs" double precision,
     "notBefore" timestamptz, retries smallint, broken smallint, provider text, template_version smallint, locale text,
     subject text, content text, variables jsonb)
   WHERE notifications.id = made.id AND notifications.state = 'sending'
   RETURNING ${COLUMNS}`,
);

export function settle(tx: Tx, settled: readonly Settled[]): Promise<NotificationRow[]> {
  return tx.rows<NotificationRow>(SETTLE, [JSON.stringify(settled)]);
}

const OLDEST = statement(
  'notifications.oldest-due',
  `SELECT extract(epoch FROM now() - min(notifications.due_at))::float8 AS age_s
   FROM notifications.notifications WHERE notifications.due_at <= now()`,
);

/** Seconds for which the oldest has been due; 0 when nothing is. */
export async function oldestDueS(sql: Sql): Promise<number> {
  return (await firstRow<{ age_s: number | null }>(sql, OLDEST))?.age_s ?? 0;
}

// Reports come late, twice and out of order: only what has been handed over changes, and arrived is arrived.
const REPORT = statement(
  'notifications.report',
  `UPDATE notifications.notifications
   SET state = $2, reason = $3, due_at = NULL, updated_at = now(), sent_at = coalesce(notifications.sent_at, now()),
       delivered_at = CASE WHEN $2 = 'delivered' THEN now() END
   WHERE notifications.id = $1 AND notifications.state = ANY ($4::text[])
   RETURNING ${COLUMNS}`,
);

/** The row when the report said something new of it. */
export function applyReport(
  tx: Tx,
  id: NotificationId,
  state: 'delivered' | 'failed',
  reason: string | null,
  from: readonly State[],
): Promise<NotificationRow | undefined> {
  return firstRow<NotificationRow>(tx, REPORT, [id, state, reason, from]);
}

// Not under its collapse key any more: another may wait there by now.
const SEND_AGAIN = statement(
  'notifications.send-again',
  `UPDATE notifications.notifications
   SET state = 'waiting', due_at = now(), sent_at = NULL, retry_count = notifications.retry_count + 1, updated_at = now()
   WHERE notifications.id = $1 AND notifications.state = 'sent' AND notifications.read_at IS NULL
     AND (notifications.expires_at IS NULL OR notifications.expires_at > now())
   RETURNING ${COLUMNS}`,
);

/** Lets one that was sent, and did not arrive, wait for the next provider; undefined when it is too late for that. */
export function sendAgain(tx: Tx, id: NotificationId): Promise<NotificationRow | undefined> {
  return firstRow<NotificationRow>(tx, SEND_AGAIN, [id]);
}
