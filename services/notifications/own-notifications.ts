import type { UserId } from '#shared/ids.ts';
import { inPages, type PersonalRecords } from '#shared/privacy.ts';
import type { Country } from '#shared/regions.ts';
import { statement } from '#shared/sql.ts';
import type { NotificationsPorts } from './ports.ts';
import { COLUMNS, type NotificationRow } from './store/notifications.ts';
import { findPreferences } from './store/preferences.ts';
import { notificationView } from './views.ts';

const PAGE_MAX = 1_000;

const PAGE = statement(
  'notifications.own-page',
  `SELECT ${COLUMNS} FROM notifications.notifications
   WHERE notifications.recipient_id = $1 AND notifications.id > $2 ORDER BY notifications.id LIMIT $3`,
);

type OwnAddresses = (userId: UserId, country: Country) => Promise<readonly object[]>;

/** What someone was told by every way, what they wanted to be told, and where they are reached: for their export. */
export function makeOwnNotifications({
  databases,
  ownAddresses,
}: Pick<NotificationsPorts, 'databases'> & { readonly ownAddresses: OwnAddresses }) {
  return async function* (userId: UserId, country: Country): AsyncGenerator<PersonalRecords> {
    const home = databases.of(country);
    yield* inPages('notifications', PAGE_MAX, async (after) => {
      return (await home.rows<NotificationRow>(PAGE, [userId, after, PAGE_MAX])).map(notificationView);
    });
    const wishes = await findPreferences(home, userId);
    yield { section: 'notification_preferences', records: wishes === undefined ? [] : [wishes] };
    yield { section: 'notification_addresses', records: await ownAddresses(userId, country) };
  };
}
