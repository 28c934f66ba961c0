import { NotificationChannel } from '#shared/contracts/notifications/notification.ts';
import { UserId } from '#shared/ids.ts';
import type { Keyring } from './keyring.ts';

const PURPOSE = 'unsubscribe';

/** Who wants no more mail about what. */
export type Unsubscription = { readonly userId: UserId; readonly channel: NotificationChannel };

/**
 * Where one click ends mails of a channel (RFC 8058); undefined where they cannot be ended, because they are about the
 * safety of the account. It does not expire: mails are read years later.
 */
export function unsubscribeUrl(
  { keyring, publicUrl }: { readonly keyring: Keyring; readonly publicUrl: string },
  userId: UserId,
  channel: string,
): string | undefined {
  if (channel === 'security') return undefined;
  const token = `${userId}.${channel}.${keyring.sign(PURPOSE, userId, channel)}`;
  return `${publicUrl}/api/v1/notifications/unsubscribe?token=${token}`;
}

/** Undefined unless we have made the token. */
export function readUnsubscribeToken(keyring: Keyring, token: string): Unsubscription | undefined {
  const [user = '', about = '', signature = '', ...rest] = token.split('.');
  const userId = UserId.safeParse(user).data;
  const channel = NotificationChannel.safeParse(about).data;
  if (userId === undefined || channel === undefined || channel === 'security' || rest.length > 0) return undefined;
  return keyring.isSigned(signature, PURPOSE, userId, channel) ? { userId, channel } : undefined;
}
