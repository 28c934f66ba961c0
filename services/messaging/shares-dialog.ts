import type { UserId } from '#shared/ids.ts';
import { type Databases, statement } from '#shared/sql.ts';

// A channel's readers do not know each other. Each person costs as many index look-ups as the caller has dialogs, at most.
const SHARING = statement(
  'messaging.sharing-dialog',
  `SELECT other.id AS user_id FROM unnest($2::uuid[]) AS other (id)
   WHERE EXISTS (
     SELECT FROM messaging.participants AS theirs
     JOIN messaging.participants AS mine ON mine.dialog_id = theirs.dialog_id AND mine.user_id = $1
     JOIN messaging.dialogs ON dialogs.id = theirs.dialog_id AND dialogs.type <> 'channel'
     WHERE theirs.user_id = other.id
   )`,
);

/** Which of these people are in a direct dialog or a group with the user, in whatever region it lives. */
export function makeSharesDialog({ databases }: { readonly databases: Databases }) {
  return async (userId: UserId, others: readonly UserId[]): Promise<Set<UserId>> => {
    const found = await Promise.all(
      databases.all.map((database) => database.rows<{ user_id: UserId }>(SHARING, [userId, others])),
    );
    return new Set(found.flat().map((row) => row.user_id));
  };
}
