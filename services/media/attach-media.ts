import type { Purpose } from '#shared/contracts/media.ts';
import { happened } from '#shared/events/event.ts';
import { MediaAttached } from '#shared/events/media.ts';
import { type MediaId, regionOf, type UserId } from '#shared/ids.ts';
import { link, type Showing, spreadOf, touch } from './link-store.ts';
import type { MediaPorts } from './ports.ts';
import { DIALOGS_PER_FILE_MAX, mayBeSentAs, type MessageKind, MESSAGES_PER_FILE_MAX } from './rules.ts';
import { lockOwn, markAttached } from './store.ts';

type Ports = Pick<MediaPorts, 'databases' | 'outbox' | 'clock'>;

export type Attachment = Showing & {
  /** Who sends it. */
  readonly ownerId: UserId;
  /** The type of the message. */
  readonly kind: MessageKind;
};

/**
 * Lets the members of a dialog read a file. Called before the message with it is appended, so that nobody sees a message
 * whose file they cannot read; a message that then fails leaves a link that shows the file to nobody but those its owner
 * meant to show it to.
 *
 * The file and the dialog may live in different regions: the link is kept with the file, one for each message
 * that shows it. A repeat changes nothing.
 *
 * @returns `refused` when the file is not the sender's, not for messages, not of this kind, or was sent to too many
 */
export function makeAttachMedia({ databases, outbox, clock }: Ports) {
  return (attachment: Attachment): Promise<'attached' | 'refused'> => {
    const { mediaId, ownerId, dialogId, kind } = attachment;
    return databases.of(regionOf(mediaId)).transaction(async (tx) => {
      const file = await lockOwn(tx, mediaId, ownerId);
      if (file?.purpose !== 'message' || !mayBeSentAs(kind, file.mime_type)) return 'refused';
      const at = clock();
      if (await touch(tx, attachment, at)) return 'attached';
      const spread = await spreadOf(tx, mediaId, dialogId);
      if (spread.messages >= MESSAGES_PER_FILE_MAX) return 'refused';
      if (!spread.is_there && spread.dialogs >= DIALOGS_PER_FILE_MAX) return 'refused';
      await link(tx, attachment, at);
      await markAttached(tx, mediaId, at);
      if (spread.is_there) return 'attached';
      const attached = { media_id: mediaId, owner_id: ownerId, dialog_id: dialogId };
      await outbox.append(tx, { events: [happened(MediaAttached, mediaId, attached)] });
      return 'attached';
    });
  };
}

export type Use = {
  readonly mediaId: MediaId;
  readonly ownerId: UserId;
  readonly purpose: Exclude<Purpose, 'message'>;
};

/**
 * Tells that something shows a file from now on, such as a submission its documents, so that it is not taken for unused.
 *
 * @returns `refused` when it is not this person's, or was sent for another purpose
 */
export function makeKeepMedia({ databases, clock }: Ports) {
  return ({ mediaId, ownerId, purpose }: Use): Promise<'kept' | 'refused'> =>
    databases.of(regionOf(mediaId)).transaction(async (tx) => {
      const file = await lockOwn(tx, mediaId, ownerId);
      if (file?.purpose !== purpose) return 'refused';
      await markAttached(tx, mediaId, clock());
      return 'kept';
    });
}
