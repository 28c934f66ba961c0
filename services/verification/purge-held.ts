import { actAs } from '#shared/act-as.ts';
import { forgetUses } from './document-uses.ts';
import type { VerificationPorts } from './ports.ts';
import { withCase } from './read-case.ts';
import { forgetSubmissions, noLongerHeld } from './store/erasure.ts';
import { audited } from './told.ts';

const BATCH_MAX = 100;

/** Removes what was kept for the law once its time is over, a hundred of each database at a time. @returns how many */
export function makePurgeHeld(ports: Pick<VerificationPorts, 'databases' | 'outbox' | 'files' | 'clock'>) {
  return async (): Promise<number> => {
    let purged = 0;
    for (const database of ports.databases.all) {
      for (const { id, owner_id: ownerId } of await noLongerHeld(database, ports.clock(), BATCH_MAX)) {
        const mediaIds = await withCase(ports, id, async (tx, row) => {
          await actAs(tx, 'worker');
          await ports.outbox.append(tx, { audit: [audited(row, 'purged', {}, 'system')] });
          return await forgetSubmissions(tx, id);
        });
        await forgetUses(ports.databases, ownerId);
        for (const mediaId of mediaIds) await ports.files.remove(mediaId, ownerId);
        purged += 1;
      }
    }
    return purged;
  };
}
