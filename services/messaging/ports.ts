import type { WireDialog } from '#shared/contracts/messaging/dialog.ts';
import type { MessageChange } from '#shared/contracts/messaging/message.ts';
import type { Receipt } from '#shared/contracts/messaging/receipt.ts';
import type { DialogId, UserId } from '#shared/ids.ts';
import type { Country } from '#shared/regions.ts';

/**
 * Tells connected members what has happened. Fulfilled over the Socket.IO cluster.
 *
 * Each call is one emit to one room: no work per member, fire and forget, never throwing. A lost emit is healed by
 * `sync`, because the store is the truth and versions are dense.
 */
export interface Announcer {
  messageNew(dialogId: DialogId, change: MessageChange): void;
  /** `message:deleted` for a message that is deleted, else `message:updated`. */
  messageChanged(dialogId: DialogId, change: MessageChange): void;
  receipt(dialogId: DialogId, receipt: Receipt): void;
  /** Also makes the sockets of these users join the dialog's room. */
  dialogNew(userIds: readonly UserId[], dialog: WireDialog): void;
}

export type Person = { readonly id: UserId; readonly country: Country; readonly status: string };

/** Who exists, as far as messaging must know. Fulfilled by auth. Ids that nobody has are left out of the answer. */
export interface People {
  find(ids: readonly UserId[]): Promise<readonly Person[]>;
}

/** A dialog's key as it rests: sealed by the key that `wrappedBy` names. */
export type WrappedKey = { readonly wrappedBy: string; readonly sealed: Uint8Array };

/**
 * Wraps the keys of dialogs with a key that never leaves key management. Shaped after AWS KMS: `context` is bound to
 * the wrapped key as additional data, so a key copied to another dialog does not unwrap.
 */
export interface KeyManagement {
  /** The name of the key that wraps: what `wrappedBy` of a new wrapped key says. */
  readonly wrapsBy: string;
  wrap(key: Uint8Array, context: string): Promise<WrappedKey>;
  /** @throws when the wrapped key was altered, is another dialog's, or its wrapping key is gone. */
  unwrap(wrapped: WrappedKey, context: string): Promise<Uint8Array>;
}
