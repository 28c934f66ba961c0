import type { SyncChange, SyncReply, SyncRequest, SyncedDialog } from '#shared/contracts/messaging/sync.ts';
import type { WireMessage } from '#shared/contracts/messaging/message.ts';
import type { DialogId, UserId } from '#shared/ids.ts';
import type { Database, Databases } from '#shared/sql.ts';
import { MEMBERS_IN_LIST_MAX, type Reading } from './reading.ts';
import { type DialogRow, dialogsForMember, joinedDialogs } from './store/dialogs.ts';
import type { MessageRow } from './store/messages.ts';
import type { CursorRow } from './store/participants.ts';
import { byDialog, receiptOf } from './wire.ts';

/** Changes of all dialogs in one answer, about 2 MB of JSON. When more changed, each dialog gets its share and goes on. */
const CHANGES_MAX = 3_000;
/** Dialogs that the client did not name, in one answer. */
const JOINED_MAX = 100;

type Ports = { readonly databases: Databases; readonly reading: Reading };
type Known = SyncRequest['dialogs'][number];

/**
 * What a client missed. Per dialog the changes are complete up to the last one returned and ascending in version, so
 * the client goes on from there; a version that the server never gave out gets `reset`.
 *
 * Each dialog is read up to the version that it had at the start. A message that changes meanwhile has moved beyond that
 * version and comes with the next call.
 */
export function makeSync({ databases, reading }: Ports) {
  return async (userId: UserId, { dialogs, limit }: SyncRequest): Promise<SyncReply> => {
    const known = new Map(dialogs.map((dialog) => [dialog.dialog_id, dialog]));
    const parts = await Promise.all(
      Array.from(reading.byHome(known.keys()), ([database, ids]) =>
        syncIn(
          reading,
          database,
          userId,
          ids.map((id) => known.get(id)!),
          limit,
        ),
      ),
    );
    const byId = new Map(parts.flat().map((synced) => [synced.dialog_id, synced]));
    const { joined, more } = await joinedBy(databases, reading, userId, [...known.keys()]);
    return {
      dialogs: dialogs.flatMap(({ dialog_id: id }) => byId.get(id) ?? []),
      joined,
      joined_has_more: more,
      left: dialogs.map((dialog) => dialog.dialog_id).filter((id) => !byId.has(id)),
    };
  };
}

/** The dialogs of one database that the user is in. */
async function syncIn(
  reading: Reading,
  database: Database,
  userId: UserId,
  known: readonly Known[],
  limit: number,
): Promise<SyncedDialog[]> {
  const ids = known.map((dialog) => dialog.dialog_id);
  const states = new Map((await dialogsForMember(database, userId, ids)).map((state) => [state.id, state]));
  const behind = known.flatMap(({ dialog_id: dialogId, after_version: after }) => {
    const state = states.get(dialogId);
    if (state === undefined || after >= Number(state.version)) return [];
    return [{ dialogId, after, version: Number(state.version), lastSeq: Number(state.last_seq) }];
  });
  const share = Math.min(limit, Math.max(1, Math.floor(CHANGES_MAX / Math.max(1, behind.length))));
  const rows = behind.length === 0 ? [] : await reading.store.changes(database, behind, share + 1);
  const cursors = await reading.cursors(database, userId, [...states.keys()]);
  const pages = await pagesOf(reading, database, rows, share, cursors);
  return known.flatMap(({ dialog_id: dialogId, after_version: after }) => {
    const state = states.get(dialogId);
    return state === undefined ? [] : [syncedOf(state, after, pages.get(dialogId), cursors.get(dialogId) ?? [])];
  });
}

type Page = { readonly changes: SyncChange[]; readonly hasMore: boolean };

/** Cuts each dialog's rows to its share; one row more than that says that there is more. */
async function pagesOf(
  reading: Reading,
  database: Database,
  rows: readonly MessageRow[],
  share: number,
  cursors: ReadonlyMap<DialogId, readonly CursorRow[]>,
): Promise<Map<DialogId, Page>> {
  const rowsByDialog = byDialog(rows);
  const kept = [...rowsByDialog.values()].flatMap((some) => some.slice(0, share));
  const messages = await reading.messages(database, kept, cursors);
  const changes = Map.groupBy(
    messages.map((message, at) => changeOf(message, kept[at]!.changed)),
    ({ message }) => message.dialog_id,
  );
  const page = (dialogId: DialogId, found: readonly MessageRow[]): Page => ({
    changes: changes.get(dialogId) ?? [],
    hasMore: found.length > share,
  });
  return new Map(Array.from(rowsByDialog, ([dialogId, found]) => [dialogId, page(dialogId, found)]));
}

function changeOf(message: WireMessage, changed: boolean): SyncChange {
  const seen = changed ? 'message:updated' : 'message:new';
  return { type: message.deleted_at === null ? seen : 'message:deleted', version: message.version, message };
}

function syncedOf(
  state: DialogRow,
  after: number,
  page: Page | undefined,
  cursors: readonly CursorRow[],
): SyncedDialog {
  const version = Number(state.version);
  return {
    dialog_id: state.id,
    version,
    last_seq: Number(state.last_seq),
    changes: page?.changes ?? [],
    receipts: cursors.map(receiptOf),
    has_more: page?.hasMore ?? false,
    reset: after > version,
  };
}

async function joinedBy(databases: Databases, reading: Reading, userId: UserId, without: readonly DialogId[]) {
  const found = await Promise.all(
    databases.all.map((database) => joinedDialogs(database, userId, without, JOINED_MAX + 1)),
  );
  const newest = found.flat().sort((a, b) => b.joined_at.getTime() - a.joined_at.getTime());
  const ids = newest.slice(0, JOINED_MAX).map((dialog) => dialog.dialog_id);
  const parts = await Promise.all(
    Array.from(reading.byHome(ids), ([database, some]) => reading.dialogs(database, userId, some, MEMBERS_IN_LIST_MAX)),
  );
  const byId = new Map(parts.flat().map((dialog) => [dialog.id, dialog]));
  return { joined: ids.flatMap((id) => byId.get(id) ?? []), more: newest.length > JOINED_MAX };
}
