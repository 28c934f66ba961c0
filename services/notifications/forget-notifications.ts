import type { UserId } from '#shared/ids.ts';
import type { Forgotten } from '#shared/privacy.ts';
import type { Country } from '#shared/regions.ts';
import { statement } from '#shared/sql.ts';
import type { NotificationsPorts } from './ports.ts';
import { forgetPreferences } from './store/preferences.ts';
import { forgetTold } from './store/told.ts';

/** Rows of one transaction. */
const BATCH_MAX = 2_000;

const FORGET = statement(
  'notifications.forget',
  `DELETE FROM notifications.notifications WHERE notifications.id = ANY (ARRAY(
     SELECT own.id FROM notifications.notifications AS own WHERE own.recipient_id = $1 LIMIT $2
   )) RETURNING 1`,
);
const FORGET_COUNTED = statement(
  'notifications.forget-counted',
  'DELETE FROM notifications.counted WHERE counted.recipient_id = $1',
);

type ForgetAddresses = (userId: UserId, country: Country) => Promise<void>;

/** Forgets all that someone was told, wanted to be told, and where they were reached. Nothing of it is held. */
export function makeForgetNotifications({
  databases,
  forgetAddresses,
}: Pick<NotificationsPorts, 'databases'> & { readonly forgetAddresses: ForgetAddresses }) {
  return async (userId: UserId, country: Country, onProgress: () => void): Promise<Forgotten> => {
    const home = databases.of(country);
    for (let gone = BATCH_MAX; gone === BATCH_MAX;) {
      gone = (await home.rows(FORGET, [userId, BATCH_MAX])).length;
      onProgress();
    }
    await home.transaction(async (tx) => {
      await forgetTold(tx, userId);
      await tx.rows(FORGET_COUNTED, [userId]);
      await forgetPreferences(tx, userId);
    });
    await forgetAddresses(userId, country);
    return { done: true, held: [] };
  };
}
