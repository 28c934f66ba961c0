import type { NotificationType } from '#shared/contracts/notifications/notification.ts';
import type { UserId } from '#shared/ids.ts';
import { type Sql, statement, type Tx } from '#shared/sql.ts';

/** That someone is told of a key by a way, up to `high`. */
export type Telling = {
  readonly recipientId: UserId;
  readonly type: NotificationType;
  readonly key: string;
  readonly high: number;
};

// In one order for all writers, so that two of them never wait for each other in a circle.
const CLAIM = statement(
  'notifications.claim-tellings',
  `INSERT INTO notifications.told AS known (recipient_id, type, key, high)
   SELECT made.recipient_id, made.type, made.key, made.high
   FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[]) AS made (recipient_id, type, key, high)
   ORDER BY made.recipient_id, made.key, made.type
   ON CONFLICT (recipient_id, key, type) DO UPDATE SET high = excluded.high, told_at = now()
     WHERE known.high < excluded.high
   RETURNING known.recipient_id, known.type, known.key`,
);
const FORGET = statement('notifications.forget-told', 'DELETE FROM notifications.told WHERE told.recipient_id = $1');
const PURGE = statement(
  'notifications.purge-told',
  `DELETE FROM notifications.told WHERE told.ctid = ANY (ARRAY(
     SELECT old.ctid FROM notifications.told AS old WHERE old.told_at < $1 LIMIT $2
   )) AND told.told_at < $1 RETURNING 1`,
);

export function tellingName({ recipientId, type, key }: Pick<Telling, 'recipientId' | 'type' | 'key'>): string {
  return `${recipientId} ${type} ${key}`;
}

/** The names of those that were not told before; they count as told from now on. No two may be of one name. */
export async function claimTellings(tx: Tx, tellings: readonly Telling[]): Promise<ReadonlySet<string>> {
  const rows = await tx.rows<{ recipient_id: UserId; type: NotificationType; key: string }>(CLAIM, [
    tellings.map((telling) => telling.recipientId),
    tellings.map((telling) => telling.type),
    tellings.map((telling) => telling.key),
    tellings.map((telling) => telling.high),
  ]);
  return new Set(rows.map(({ recipient_id: recipientId, type, key }) => tellingName({ recipientId, type, key })));
}

export async function forgetTold(tx: Tx, userId: UserId): Promise<void> {
  await tx.rows(FORGET, [userId]);
}

/** @returns how many rows went */
export async function purgeTold(sql: Sql, before: Date, limit: number): Promise<number> {
  return (await sql.rows(PURGE, [before, limit])).length;
}
