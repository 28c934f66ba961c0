import { addDialog } from '#services/messaging/store/dialogs.ts';
import { addParticipants } from '#services/messaging/store/participants.ts';
import type { DialogId, UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import type { Database } from '#shared/sql.ts';

/** A dialog, and the one who speaks in it. */
export type Talk = { readonly id: DialogId; readonly sender: UserId };

/** Opens a dialog straight in the store: a group, or a channel where it is more than a group may be. */
export async function openTalk(database: Database, members = 2): Promise<Talk> {
  const [id, sender] = [newId<DialogId>('TH'), newId<UserId>('TH')];
  const others = Array.from({ length: members - 1 }, () => ({
    userId: newId<UserId>('TH'),
    role: 'member' as const,
  }));
  const participants = [{ userId: sender, role: 'owner' as const }, ...others];
  const type = members > GROUP_MAX ? ('channel' as const) : ('group' as const);
  const dialog = { id, type, name: 'bench', description: null, avatarUrl: null, creatorId: sender, participants };
  await database.transaction(async (tx) => {
    await addDialog(tx, dialog);
    await addParticipants(tx, dialog);
  });
  return { id, sender };
}

const GROUP_MAX = 1_000;
