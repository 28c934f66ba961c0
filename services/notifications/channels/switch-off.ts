import type { NotificationChannel } from '#shared/contracts/notifications/notification.ts';
import { type UserId, regionOf } from '#shared/ids.ts';
import { lockPreferences, savePreferences } from '../store/preferences.ts';
import type { ChannelsPorts } from './ports.ts';

/** Switches a way off for a channel, as whoever followed a link wants it; audited, since laws on marketing ask for the proof. */
export async function switchOff(
  { databases, outbox, clock }: Pick<ChannelsPorts, 'databases' | 'outbox' | 'clock'>,
  userId: UserId,
  channel: NotificationChannel,
  way: 'email' | 'sms',
): Promise<void> {
  const region = regionOf(userId);
  await databases.of(region).transaction(async (tx) => {
    const before = await lockPreferences(tx, userId);
    if (before.choices[channel]?.[way] === false) return;
    const choices = { ...before.choices, [channel]: { ...before.choices[channel], [way]: false } };
    await savePreferences(tx, { ...before, choices, user_id: userId, updated_at: clock() });
    const facts = { channel, way };
    await outbox.append(tx, {
      audit: [{ actor: userId, action: 'notifications.unsubscribed', subject: userId, region, outcome: 'ok', facts }],
    });
  });
}
