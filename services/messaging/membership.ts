import type { DialogId, UserId } from '#shared/ids.ts';
import type { Databases } from '#shared/sql.ts';
import type { Reading } from './reading.ts';
import { DIALOGS_PER_USER_MAX } from './rules.ts';
import { activeDialogs } from './store/dialogs.ts';
import { type MemberStanding, standingOf } from './store/participants.ts';

/** The rooms that a user's sockets join: at most {@link DIALOGS_PER_USER_MAX}, the most recently active first. */
export function makeDialogsOf({ databases }: { readonly databases: Databases }) {
  return async (userId: UserId): Promise<DialogId[]> => {
    const found = await Promise.all(
      databases.all.map((database) =>
        activeDialogs(database, userId, undefined, DIALOGS_PER_USER_MAX, { hidden: true }),
      ),
    );
    return found
      .flat()
      .sort((a, b) => b.active_at.getTime() - a.active_at.getTime())
      .slice(0, DIALOGS_PER_USER_MAX)
      .map((dialog) => dialog.id);
  };
}

/** Whether someone posts in a dialog or only reads it; undefined when they are not in it, or blocked by the other side. */
export function makeStandingIn({ reading }: { readonly reading: Reading }) {
  return (userId: UserId, dialogId: DialogId): Promise<MemberStanding | undefined> =>
    standingOf(reading.home(dialogId), dialogId, userId);
}
