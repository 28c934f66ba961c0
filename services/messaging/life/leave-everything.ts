import { AppError } from '#shared/errors.ts';
import type { DialogId, UserId } from '#shared/ids.ts';
import type { Forgotten } from '#shared/privacy.ts';
import type { Country } from '#shared/regions.ts';
import { type Database, type Databases, firstRow, statement } from '#shared/sql.ts';
import type { DialogLife } from './dialog-life.ts';

const BATCH = 50;

const GROUPS = statement(
  'messaging.groups-of-user',
  `SELECT participants.dialog_id FROM messaging.participants
   JOIN messaging.dialogs ON dialogs.id = participants.dialog_id
   WHERE participants.user_id = $1 AND dialogs.type <> 'direct'
   ORDER BY participants.dialog_id LIMIT $2`,
);
const IS_REMEMBERED = statement(
  'messaging.is-remembered',
  `SELECT 1 AS found
   WHERE EXISTS (SELECT FROM messaging.participants WHERE participants.user_id = $1)
      OR EXISTS (SELECT FROM messaging.past_dialogs WHERE past_dialogs.user_id = $1)`,
);

type Ports = { readonly databases: Databases; readonly leaveDialog: DialogLife['leaveDialog'] };

/**
 * Takes a person who is erased out of every group and channel: what they own passes on, and what nobody else is in ends.
 * What they wrote stays with those who received it, under an id that no longer has a name, as do their direct dialogs. A
 * repeat leaves what is left.
 */
export function makeLeaveEverything({ databases, leaveDialog }: Ports) {
  async function leaveAllIn(database: Database, userId: UserId, country: Country, onProgress: () => void) {
    for (;;) {
      const dialogs = await database.rows<{ dialog_id: DialogId }>(GROUPS, [userId, BATCH]);
      if (dialogs.length === 0) return;
      for (const { dialog_id: dialogId } of dialogs) {
        await leaveDialog({ userId, country }, dialogId).catch(ignoreGone);
        onProgress();
      }
    }
  }

  return async (userId: UserId, country: Country, onProgress: () => void = () => undefined): Promise<Forgotten> => {
    for (const database of databases.all) await leaveAllIn(database, userId, country, onProgress);
    const found = await Promise.all(databases.all.map((database) => firstRow(database, IS_REMEMBERED, [userId])));
    const isRemembered = found.some((row) => row !== undefined);
    return { done: true, held: isRemembered ? [{ what: 'messages', until: null }] : [] };
  };
}

/** Someone has removed them meanwhile. */
function ignoreGone(error: unknown): void {
  if (!(error instanceof AppError && error.code === 'NOT_FOUND')) throw error;
}
