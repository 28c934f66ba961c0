import type { MoneyAlertId, UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { type Sql, firstRow, statement, type Tx } from '#shared/sql.ts';

export type AlertRow = {
  readonly id: MoneyAlertId;
  readonly user_id: UserId;
  readonly rule: string;
  readonly outcome: 'refused' | 'flagged';
  readonly times: number;
  readonly first_at: Date;
  readonly last_at: Date;
};

export type DecidedRow = AlertRow & { readonly decision: 'allow' | 'dismiss' | null };

const COLUMNS = `alert.id, alert.user_id, alert.rule, alert.outcome, alert.times, alert.first_at, alert.last_at`;

const RAISE = statement(
  'payments.raise-alerts',
  `INSERT INTO payments.velocity_alerts AS alert (id, user_id, rule, outcome, first_at, last_at)
   SELECT raised.id, $3, raised.rule, $4, $5, $5 FROM unnest($1::uuid[], $2::text[]) AS raised (id, rule)
   ON CONFLICT (user_id, rule) WHERE decision IS NULL
   DO UPDATE SET times = alert.times + 1, last_at = excluded.last_at, outcome = excluded.outcome
   RETURNING alert.id, alert.rule, alert.times`,
);
const OPEN = statement(
  'payments.open-alerts',
  `SELECT ${COLUMNS} FROM payments.velocity_alerts AS alert
   WHERE alert.decision IS NULL AND ($1::uuid IS NULL OR alert.user_id = $1) AND (alert.first_at, alert.id) > ($2, $3)
   ORDER BY alert.first_at, alert.id LIMIT $4`,
);
const LOCK = statement(
  'payments.lock-alert',
  `SELECT ${COLUMNS}, alert.decision FROM payments.velocity_alerts AS alert WHERE alert.id = $1 FOR NO KEY UPDATE`,
);
const DECIDE = statement(
  'payments.decide-alert',
  `UPDATE payments.velocity_alerts AS alert SET decision = $2, decided_by = $3, decided_at = $4 WHERE alert.id = $1`,
);
const ALLOW = statement(
  'payments.allow-velocity',
  `INSERT INTO payments.velocity AS velocity (user_id, allowed, allowed_until) VALUES ($1, ARRAY[$2::text], $3)
   ON CONFLICT (user_id) DO UPDATE SET allowed_until = excluded.allowed_until,
     allowed = CASE WHEN velocity.allowed_until > $4
       THEN (SELECT array_agg(DISTINCT rule) FROM unnest(velocity.allowed || excluded.allowed) AS rule)
       ELSE excluded.allowed END`,
);
const IS_ALLOWED = statement(
  'payments.is-velocity-allowed',
  `SELECT EXISTS (SELECT FROM payments.velocity AS velocity
     WHERE velocity.user_id = $1 AND $2::text = ANY (velocity.allowed) AND velocity.allowed_until > $3) AS allowed`,
);

export type Raised = { readonly id: MoneyAlertId; readonly rule: string; readonly times: number };

/** Puts what went over rules on the list of ops; what is on it counts up. `times` 1 is one that is new there. */
export function raiseAlerts(
  tx: Tx,
  userId: UserId,
  rules: readonly string[],
  outcome: AlertRow['outcome'],
  at: Date,
): Promise<Raised[]> {
  const ids = rules.map(() => newId<MoneyAlertId>('core'));
  return tx.rows<Raised>(RAISE, [ids, rules, userId, outcome, at]);
}

export function openAlerts(
  sql: Sql,
  userId: UserId | undefined,
  after: { readonly at: Date; readonly id: string } | undefined,
  limit: number,
): Promise<AlertRow[]> {
  const nil = '00000000-0000-0000-0000-000000000000';
  return sql.rows<AlertRow>(OPEN, [userId ?? null, after?.at ?? '-infinity', after?.id ?? nil, limit]);
}

export function lockAlert(tx: Tx, id: MoneyAlertId): Promise<DecidedRow | undefined> {
  return firstRow<DecidedRow>(tx, LOCK, [id]);
}

export async function decideAlert(
  tx: Tx,
  { id, user_id: userId, rule }: AlertRow,
  decision: 'allow' | 'dismiss',
  by: { readonly userId: UserId; readonly at: Date; readonly allowedUntil: Date },
): Promise<void> {
  await tx.rows(DECIDE, [id, decision, by.userId, by.at]);
  if (decision === 'allow') await tx.rows(ALLOW, [userId, rule, by.allowedUntil, by.at]);
}

export async function isAllowed(sql: Sql, userId: UserId, rule: string, at: Date): Promise<boolean> {
  return (await firstRow<{ allowed: boolean }>(sql, IS_ALLOWED, [userId, rule, at]))!.allowed;
}
