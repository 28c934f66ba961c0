import type { NotificationType } from '#shared/contracts/notifications/notification.ts';
import { type NotificationId, regionOf } from '#shared/ids.ts';
import type { FallingBack } from '#shared/workflows/notification-story.ts';
import type { Create } from './create/create.ts';
import type { NotificationsPorts } from './ports.ts';
import { findNotification, notificationsOfOrigin } from './store/notifications.ts';

/** Why a story has no next way. */
const OVER: ReadonlySet<string | null> = new Set(['read', 'cancelled']);

/**
 * Takes the next way of telling what has not been read, unless it was read or taken back meanwhile, or its time is over.
 * Once more makes no second one.
 */
export function makeFallBack({
  databases,
  clock,
  create,
}: Pick<NotificationsPorts, 'databases' | 'clock'> & { readonly create: Create }) {
  return async (id: NotificationId, type: NotificationType): Promise<FallingBack> => {
    const home = databases.of(regionOf(id));
    const row = await findNotification(home, id);
    if (row === undefined) return 'over';
    const all = await notificationsOfOrigin(home, row.recipient_id, row.origin_id);
    if (all.some(({ read_at }) => read_at !== null)) return 'read';
    if (all.some(({ reason }) => OVER.has(reason))) return 'over';
    if (row.expires_at !== null && row.expires_at <= clock()) return 'over';
    const { recipient_id: recipientId, origin_id: originId, template, channel, variables, data, priority } = row;
    const same = { recipientId, originId, template, channel, variables, data, priority };
    const expires = row.expires_at === null ? {} : { expiresAt: row.expires_at };
    await create([{ ...same, ...expires, types: [type], isAskedFor: true }]);
    return 'followed';
  };
}
