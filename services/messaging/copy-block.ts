import { type UserId, regionOf } from '#shared/ids.ts';
import { type Databases, firstRow, statement } from '#shared/sql.ts';
import type { Blocks } from './ports.ts';
import { findPair } from './store/dialogs.ts';

const HOLD = statement(
  'messaging.hold-blocked',
  `SELECT participants.blocked FROM messaging.participants
   WHERE participants.dialog_id = $1 AND participants.user_id = $2 FOR NO KEY UPDATE`,
);
const COPY = statement(
  'messaging.copy-block',
  'UPDATE messaging.participants SET blocked = $3 WHERE participants.dialog_id = $1 AND participants.user_id = $2',
);

/**
 * Copies to the direct dialog of two, where they have one, whether one has blocked the other.
 *
 * A send must not ask identity each time, which may be in another region's database: the append reads the sender's row
 * in any case, so the answer waits there. It is copied right after a block changes, again by a consumer of the event,
 * which also reaches what a crash left out, and when a direct dialog begins. Whoever copies holds the row first and asks
 * for the truth then, so that the copies of two changes may arrive in any order.
 */
export function makeCopyBlock({ databases, blocks }: { readonly databases: Databases; readonly blocks: Blocks }) {
  return async (blocker: UserId, blocked: UserId): Promise<void> => {
    const [low, high] = blocker < blocked ? [blocker, blocked] : [blocked, blocker];
    const pair = await findPair(databases.of(regionOf(low)), { low, high });
    if (pair === undefined) return;
    const id = pair.dialog_id;
    await databases.of(regionOf(id)).transaction(async (tx) => {
      const held = await firstRow<{ blocked: boolean }>(tx, HOLD, [id, blocked]);
      if (held === undefined) return;
      const isBlocked = (await blocks.blockersOf(blocked, [blocker])).length > 0;
      if (isBlocked !== held.blocked) await tx.rows(COPY, [id, blocked, isBlocked]);
    });
  };
}
