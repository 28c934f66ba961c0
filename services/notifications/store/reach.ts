import type { NotificationType } from '#shared/contracts/notifications/notification.ts';
import type { UserId } from '#shared/ids.ts';
import { type Sql, statement } from '#shared/sql.ts';

const REACH = statement(
  'notifications.reach',
  `SELECT asked.id,
          EXISTS (SELECT FROM notifications.devices WHERE devices.user_id = asked.id) AS by_push,
          EXISTS (SELECT FROM notifications.email_addresses
                  WHERE email_addresses.user_id = asked.id AND email_addresses.sealed IS NOT NULL) AS by_email
   FROM unnest($1::uuid[]) AS asked (id)`,
);

export type Reach = (userId: UserId, type: NotificationType) => boolean;

/** By which ways people can be reached: the inbox is there for everyone, and a number is what an account begins with. */
export async function reachOf(sql: Sql, userIds: readonly UserId[]): Promise<Reach> {
  type Row = { readonly id: UserId; readonly by_push: boolean; readonly by_email: boolean };
  const rows = await sql.rows<Row>(REACH, [userIds]);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return (userId, type) => {
    if (type === 'push') return byId.get(userId)?.by_push ?? false;
    if (type === 'email') return byId.get(userId)?.by_email ?? false;
    return true;
  };
}
