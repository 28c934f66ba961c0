import { happened } from '#shared/events/event.ts';
import { MediaDeleted } from '#shared/events/media.ts';
import { type DialogId, type MediaId, regionOf, type UserId } from '#shared/ids.ts';
import type { Tx } from '#shared/sql.ts';
import { holdShown, linkedBefore, type Showing, spreadOf, unlink, unlinkBefore } from './link-store.ts';
import type { MediaPorts } from './ports.ts';
import { markDeleted } from './store.ts';

type Ports = Pick<MediaPorts, 'databases' | 'outbox' | 'clock'>;

/** Files looked at before the list is asked for again. */
const FILES_PER_PAGE = 100;

/** Who took the last message away that showed a file: a member, or the dialog's retention. */
type By = UserId | 'system';

/**
 * Takes a message away from those that show a file. When it was the last, in any dialog, the file is deleted: nobody can
 * read it from that moment, its owner included, and its bytes are purged when the retention of a year is over.
 *
 * Repeating it changes nothing, nor does a file that is gone.
 */
export function makeDetachMedia(ports: Ports) {
  return (showing: Showing, by: By): Promise<void> =>
    withHeld(ports, showing.mediaId, showing.dialogId, by, (tx) => unlink(tx, showing));
}

/** The same for all messages of a dialog that were sent before a moment, because they were purged. */
export function makeDetachPurged(ports: Ports) {
  return async (dialogId: DialogId, sentBefore: Date): Promise<void> => {
    for (const database of ports.databases.all) {
      for (;;) {
        // A link is made before its message is stored, so what was sent before a moment was linked before it.
        const ids = await linkedBefore(database, dialogId, sentBefore, FILES_PER_PAGE);
        for (const id of ids) {
          await withHeld(ports, id, dialogId, 'system', (tx) => unlinkBefore(tx, id, dialogId, sentBefore));
        }
        if (ids.length < FILES_PER_PAGE) break;
      }
    }
  };
}

async function withHeld(
  { databases, outbox, clock }: Ports,
  mediaId: MediaId,
  dialogId: DialogId,
  by: By,
  loosen: (tx: Tx) => Promise<void>,
): Promise<void> {
  const region = regionOf(mediaId);
  await databases.of(region).transaction(async (tx) => {
    const ownerId = await holdShown(tx, mediaId);
    await loosen(tx);
    if (ownerId === undefined) return;
    const { messages } = await spreadOf(tx, mediaId, dialogId);
    if (messages > 0 || !(await markDeleted(tx, mediaId, ownerId, clock()))) return;
    const deleted = happened(MediaDeleted, mediaId, { media_id: mediaId, owner_id: ownerId });
    const facts = { dialog_id: dialogId, reason: 'no_message_shows_it' };
    const audit = { actor: by, action: 'media.deleted', subject: mediaId, region, outcome: 'ok', facts } as const;
    await outbox.append(tx, { events: [deleted], audit: [audit] });
  });
}
