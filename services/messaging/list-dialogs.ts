import type { DialogId } from '#shared/ids.ts';
import type { Databases } from '#shared/sql.ts';
import { MEMBERS_IN_LIST_MAX, type Reading } from './reading.ts';
import { DIALOGS_PER_USER_MAX } from './rules.ts';
import type { DialogPage, DialogQuery, Member } from './service.ts';
import { activeDialogs } from './store/dialogs.ts';

type Ports = { readonly databases: Databases; readonly reading: Reading };

/**
 * The caller's dialogs, last activity first. Dialogs live in their creators' regions, so every database is asked for
 * its newest, and the lists are merged.
 */
export function makeListDialogs({ databases, reading }: Ports) {
  return async (caller: Member, { page, limit, type }: DialogQuery): Promise<DialogPage> => {
    const last = Math.min(page * limit, DIALOGS_PER_USER_MAX);
    const found = await Promise.all(
      databases.all.map((database) => activeDialogs(database, caller.userId, type, last, { hidden: false })),
    );
    const total = found.reduce((sum, [first]) => sum + (first?.total ?? 0), 0);
    const ids = found
      .flat()
      .sort((a, b) => b.active_at.getTime() - a.active_at.getTime() || (a.id < b.id ? 1 : -1))
      .slice((page - 1) * limit, last)
      .map((dialog) => dialog.id);
    const parts = await Promise.all(
      Array.from(reading.byHome(ids), ([database, some]) =>
        reading.dialogs(database, caller.userId, some, MEMBERS_IN_LIST_MAX),
      ),
    );
    const byId = new Map(parts.flat().map((dialog) => [dialog.id, dialog]));
    return {
      dialogs: ids.flatMap((id: DialogId) => byId.get(id) ?? []),
      total,
      has_next: page * limit < total,
    };
  };
}
