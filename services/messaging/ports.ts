import type { DialogRemoved, DialogUpdate, WireDialog } from '#shared/contracts/messaging/dialog.ts';
import type { MessageChange } from '#shared/contracts/messaging/message.ts';
import type { Receipt } from '#shared/contracts/messaging/receipt.ts';
import type { DialogId, MediaId, UserId } from '#shared/ids.ts';
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
  /** To the devices of one member, whose cursor nobody else is shown. */
  receiptFor(userId: UserId, receipt: Receipt): void;
  /** Also makes the sockets of these users join the dialog's room. */
  dialogNew(userIds: readonly UserId[], dialog: WireDialog): void;
  dialogUpdated(dialogId: DialogId, update: DialogUpdate): void;
  /** To the devices of one member: what they alone have changed for themselves. */
  dialogUpdatedFor(userId: UserId, update: DialogUpdate): void;
  /** Also makes the sockets of these users leave the dialog's room. */
  dialogRemoved(userIds: readonly UserId[], removed: DialogRemoved): void;
  /** The same for everyone who is in the room. */
  dialogClosed(removed: DialogRemoved): void;
}

/** A file that a message shows. */
export type MediaLink = {
  readonly mediaId: MediaId;
  /** Who sends it. */
  readonly ownerId: UserId;
  readonly dialogId: DialogId;
  /** The client key of the message. */
  readonly messageKey: string;
  /** The type of the message. */
  readonly kind: 'image' | 'video' | 'audio' | 'file';
};

/** Files that messages show. Fulfilled by media. */
export interface MediaLinks {
  /**
   * Lets the members of the dialog read the file; a repeat changes nothing. `refused` when it is not the sender's, not
   * meant for messages, or not of that kind.
   */
  attach(link: MediaLink): Promise<'attached' | 'refused'>;
  /** The message shows the file no more; the last one that goes takes the file with it. A repeat changes nothing. */
  detach(showing: Pick<MediaLink, 'mediaId' | 'dialogId' | 'messageKey'>, by: UserId): Promise<void>;
}

export type Person = { readonly id: UserId; readonly country: Country; readonly status: string };

/** Who exists, as far as messaging must know. Fulfilled by auth. Ids that nobody has are left out of the answer. */
export interface People {
  find(ids: readonly UserId[]): Promise<readonly Person[]>;
}

/** Who does not want to hear from whom. Fulfilled by auth. */
export interface Blocks {
  /** Those of `others` who have blocked the user. */
  blockersOf(userId: UserId, others: readonly UserId[]): Promise<readonly UserId[]>;
}
