import { happened } from '#shared/events/event.ts';
import { MediaPurged } from '#shared/events/media.ts';
import type { Database } from '#shared/sql.ts';
import type { MediaPorts } from './ports.ts';
import { removeFile } from './remove-file.ts';
import {
  KEPT_AFTER_DELETION_MS,
  PURGE_AGAIN_AFTER_MS,
  SWEEP_BATCH_MAX,
  UNFINISHED_AFTER_MS,
  UNUSED_AFTER_MS,
} from './rules.ts';
import { claimDue, type DueFile } from './store.ts';

/**
 * Removes files whose time has come: uploads that were cut off, files that nothing has shown for a day, and deleted ones
 * at the end of their retention. A hundred of each database at a time; processes may sweep side by side.
 *
 * @returns how many went
 */
export function makeSweepMedia(ports: MediaPorts) {
  const { databases, outbox, clock, log } = ports;

  async function purge(file: DueFile): Promise<number> {
    const reason = file.was_deleted ? 'deleted' : 'unused';
    const purged = happened(MediaPurged, file.id, { media_id: file.id, owner_id: file.owner_id, reason });
    try {
      await removeFile(ports, file.id, (tx) => outbox.append(tx, { events: [purged] }));
      return 1;
    } catch (err) {
      // It stays claimed, and another sweep takes it up again.
      log.warn({ mediaId: file.id, err }, 'a file could not be purged');
      return 0;
    }
  }

  async function sweep(database: Database): Promise<number> {
    const now = clock().getTime();
    const before = {
      unfinished: new Date(now - UNFINISHED_AFTER_MS),
      unused: new Date(now - UNUSED_AFTER_MS),
      deleted: new Date(now - KEPT_AFTER_DELETION_MS),
      purging: new Date(now - PURGE_AGAIN_AFTER_MS),
    };
    let removed = 0;
    for (const file of await claimDue(database, before, SWEEP_BATCH_MAX, clock())) removed += await purge(file);
    return removed;
  }

  return async (): Promise<number> => {
    let removed = 0;
    for (const database of databases.all) removed += await sweep(database);
    return removed;
  };
}
