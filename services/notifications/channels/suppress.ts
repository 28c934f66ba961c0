import type { NotificationId, SuppressionId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import type { Country } from '#shared/regions.ts';
import type { ChannelsPorts } from './ports.ts';
import { addSuppression, type SuppressedFor } from './store/suppressions.ts';

export type ToSuppress = {
  readonly country: Country;
  readonly way: 'email' | 'sms';
  /** A mail address, or a number in E.164. */
  readonly address: string;
  readonly for: SuppressedFor;
  readonly provider: string;
  readonly notificationId: NotificationId | undefined;
};

/** Writes to an address no more, until ops lift it. What was said first stands. */
export async function suppress(
  { databases, outbox, keyring, meters }: Pick<ChannelsPorts, 'databases' | 'outbox' | 'keyring' | 'meters'>,
  { country, way, address, for: reason, provider, notificationId }: ToSuppress,
): Promise<void> {
  const [digest] = keyring.digests(way === 'email' ? 'email' : 'phone', digestible(address));
  const isNew = await databases.of(country).transaction(async (tx) => {
    const id = newId<SuppressionId>(country);
    const row = { id, way, digest: digest!, reason, provider, notification_id: notificationId ?? null };
    if ((await addSuppression(tx, row)) === undefined) return false;
    const facts = { way, reason, provider, ...(notificationId === undefined ? {} : { notification: notificationId }) };
    await outbox.append(tx, {
      audit: [
        { actor: provider, action: 'notifications.suppressed', subject: id, region: country, outcome: 'ok', facts },
      ],
    });
    return true;
  });
  if (isNew) meters.suppressed(way, reason);
}

/** Mail servers may tell names apart by their case, and none that people use does. */
export function digestible(address: string): string {
  return address.trim().toLowerCase();
}
