import { happened } from '#shared/events/event.ts';
import { MediaDeleted } from '#shared/events/media.ts';
import { type MediaId, regionOf, type UserId } from '#shared/ids.ts';
import type { MediaPorts } from './ports.ts';
import { markDeleted } from './store.ts';

/**
 * Makes a file unreadable for everyone at once. Its bytes are kept for the retention of a year, and then purged.
 *
 * @returns false when there is no such file of this person
 */
export function makeDeleteMedia({ databases, outbox, clock }: Pick<MediaPorts, 'databases' | 'outbox' | 'clock'>) {
  return (ownerId: UserId, mediaId: MediaId): Promise<boolean> =>
    databases.of(regionOf(mediaId)).transaction(async (tx) => {
      if (!(await markDeleted(tx, mediaId, ownerId, clock()))) return false;
      const deleted = happened(MediaDeleted, mediaId, { media_id: mediaId, owner_id: ownerId });
      const region = regionOf(mediaId);
      const audit = { actor: ownerId, action: 'media.deleted', subject: mediaId, region, outcome: 'ok' } as const;
      await outbox.append(tx, { events: [deleted], audit: [audit] });
      return true;
    });
}
