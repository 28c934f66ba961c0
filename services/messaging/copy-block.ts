import { type UserId, regionOf } from '#shared/ids.ts';
import { type Databases, statement } from '#shared/sql.ts';
import type { Blocks } from './ports.ts';
import { findPair } from './store/dialogs.ts';

const HOLD = statement(
  'messaging.hold-blocked',
  `SELECT participants.user_id, participants.blocked FROM messaging.participants
   WHERE participants.dialog_id = $1 ORDER BY participants.user_id FOR NO KEY UPDATE`,
);
/** $4: whether either of the two has blocked the other from now on. */
const COPY = statement(
  'messaging.copy-block',
  `UPDATE messaging.participants
   SET blocked = CASE WHEN participants.user_id = $2 THEN $3 ELSE participants.blocked END,
       shown_delivered_seq = CASE WHEN $4 THEN coalesce(participants.shown_delivered_seq, participants.delivered_seq) END,
       shown_read_seq = CASE WHEN $4 THEN coalesce(participants.shown_read_seq, participants.read_seq) END
   WHERE participants.dialog_id = $1`,
);

type Held = { readonly user_id: UserId; readonly blocked: boolean };

/**
 * Copies to the direct dialog of two, where they have one, whether one has blocked the other.
 *
 * A send must not ask identity each time, which may be in another region's database: the append reads the sender's row
 * in any case, so the answer waits there. It is copied right after a block changes, again by a consumer of the event,
 * which also reaches what a crash left out, and when a direct dialog begins. Whoever copies holds the rows first and
 * asks for the truth then, so that the copies of two changes may arrive in any order.
 *
 * From a block on, each of the two sees the other's cursor as it was then, until no block is left.
 */
export function makeCopyBlock({ databases, blocks }: { readonly databases: Databases; readonly blocks: Blocks }) {
  return async (blocker: UserId, blocked: UserId): Promise<void> => {
    const [low, high] = blocker < blocked ? [blocker, blocked] : [blocked, blocker];
    const pair = await findPair(databases.of(regionOf(low)), { low, high });
    if (pair === undefined) return;
    const id = pair.dialog_id;
    await databases.of(regionOf(id)).transaction(async (tx) => {
      const held = await tx.rows<Held>(HOLD, [id]);
      const [one, other] = [held.find((row) => row.user_id === blocked), held.find((row) => row.user_id === blocker)];
      if (one === undefined || other === undefined) return;
      const isBlocked = (await blocks.blockersOf(blocked, [blocker])).length > 0;
      if (isBlocked !== one.blocked) await tx.rows(COPY, [id, blocked, isBlocked, isBlocked || other.blocked]);
    });
  };
}
