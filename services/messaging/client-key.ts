import { hash } from 'node:crypto';
import type { DialogId, UserId } from '#shared/ids.ts';

/** Of the dialog's id, its last ones, which are random: 32 bits. */
const DIALOG_HEX_DIGITS = 8;
/** Of the hash: 96 bits, so that two of one dialog's messages never share a key by accident. */
const HASH_HEX_DIGITS = 24;

/** What is unique of a message: it stands for dialog, sender and client_id, and begins with the dialog. */
export function clientKeyOf(dialogId: DialogId, senderId: UserId, clientId: string): string {
  const digest = hash('sha256', `${dialogId}:${senderId}:${clientId}`, 'hex');
  return dialogId.slice(-DIALOG_HEX_DIGITS) + digest.slice(0, HASH_HEX_DIGITS);
}
