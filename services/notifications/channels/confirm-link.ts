import { NotificationId } from '#shared/ids.ts';
import type { Keyring } from './keyring.ts';

const PURPOSE = 'confirm-address';

/**
 * What the link in a mail brings back. It is made from an id that the table holds until it was used, and nowhere kept: who
 * reads the database cannot follow anybody's link.
 */
export function confirmToken(keyring: Keyring, id: NotificationId): string {
  return `${id}.${keyring.sign(PURPOSE, id)}`;
}

/** Undefined unless we have made it. */
export function readConfirmToken(keyring: Keyring, token: string): NotificationId | undefined {
  const [text = '', signature = '', ...rest] = token.split('.');
  const id = NotificationId.safeParse(text).data;
  return id !== undefined && rest.length === 0 && keyring.isSigned(signature, PURPOSE, id) ? id : undefined;
}
