import type { WireDialog } from '#shared/contracts/messaging/dialog.ts';
import type { WireMessage } from '#shared/contracts/messaging/message.ts';
import { REACTORS_SHOWN_MAX } from '#shared/contracts/messaging/reaction.ts';
import { AppError } from '#shared/errors.ts';
import { type DialogId, type MessageId, type UserId, regionOf } from '#shared/ids.ts';
import type { Database, Databases, Sql } from '#shared/sql.ts';
import { type DialogKeys, isDestroyed } from './encryption/dialog-keys.ts';
import { type Body, open } from './encryption/seal.ts';
import { CURSORS_SHOWN_MEMBERS_MAX } from './rules.ts';
import { type DialogRow, dialogsForMember } from './store/dialogs.ts';
import type { MessageStore } from './store/message-store.ts';
import type { MessageRow } from './store/messages.ts';
import { type CursorRow, cursorsOf, membersOf } from './store/participants.ts';
import { type ReactionRow, reactionsOf } from './store/reactions.ts';
import { byDialog, dialogOf, messageOf } from './wire.ts';

/** Members of one dialog that are shown with it: all of a group. */
const MEMBERS_OF_ONE_MAX = 1_000;
/** Members of each dialog that are shown in a list. */
export const MEMBERS_IN_LIST_MAX = 100;

type ReadingPorts = { readonly databases: Databases; readonly keys: DialogKeys; readonly store: MessageStore };

/** How the use cases read: rows of one database become what members see, bodies opened. */
export class Reading {
  readonly store: MessageStore;
  readonly #databases: Databases;
  readonly #keys: DialogKeys;

  constructor({ databases, keys, store }: ReadingPorts) {
    this.store = store;
    this.#databases = databases;
    this.#keys = keys;
  }

  /** Where a dialog lives. */
  home(dialogId: DialogId): Database {
    return this.#databases.of(regionOf(dialogId));
  }

  /** Dialogs by the database that they live in. */
  byHome(dialogIds: Iterable<DialogId>): Map<Database, DialogId[]> {
    return Map.groupBy(dialogIds, (id) => this.home(id));
  }

  /** @throws {AppError} NOT_FOUND when the user is not in the dialog, or there is none. */
  async memberDialog(userId: UserId, dialogId: DialogId): Promise<DialogRow> {
    const [row] = await dialogsForMember(this.home(dialogId), userId, [dialogId]);
    if (row === undefined) throw new AppError('NOT_FOUND');
    return row;
  }

  /** Cursors by dialog: everyone's in small dialogs, only the user's own in large ones. */
  async cursors(
    database: Database,
    userId: UserId,
    dialogIds: readonly DialogId[],
  ): Promise<Map<DialogId, CursorRow[]>> {
    return byDialog(await cursorsOf(database, dialogIds, CURSORS_SHOWN_MEMBERS_MAX, userId));
  }

  /** Reactions by message. Those that never changed have none, so most pages ask for nothing. */
  async reactions(sql: Sql, rows: readonly MessageRow[]): Promise<Map<MessageId, ReactionRow[]>> {
    const reacted = rows.filter((row) => row.changed && row.deleted_at === null);
    return await reactionsOf(sql, reacted, REACTORS_SHOWN_MAX);
  }

  /** Messages of one database as members see them, in the order of the rows; `reactions` where they are known. */
  async messages(
    database: Database,
    rows: readonly MessageRow[],
    cursors: ReadonlyMap<DialogId, readonly CursorRow[]>,
    reactions?: ReadonlyMap<MessageId, readonly ReactionRow[]>,
  ): Promise<WireMessage[]> {
    const reacted = reactions ?? (await this.reactions(database, rows));
    await this.#keys.prepare(
      database,
      rows.map((row) => row.dialog_id),
    );
    return await Promise.all(
      rows.map(async (row) => {
        const { body, deletedAt } = await this.opened(row);
        const seen = deletedAt === row.deleted_at ? row : { ...row, deleted_at: deletedAt };
        return messageOf(seen, body, shown(cursors.get(row.dialog_id)), reacted.get(row.id));
      }),
    );
  }

  /** A dialog with all its members; undefined when the user is not in it, or there is none. */
  async find(userId: UserId, dialogId: DialogId): Promise<WireDialog | undefined> {
    const [dialog] = await this.dialogs(this.home(dialogId), userId, [dialogId], MEMBERS_OF_ONE_MAX);
    return dialog;
  }

  /** Those of the dialogs of one database that the user is in, in the order of the ids. */
  async dialogs(
    database: Database,
    userId: UserId,
    dialogIds: readonly DialogId[],
    membersMax: number,
  ): Promise<WireDialog[]> {
    const [rows, members, newest] = await Promise.all([
      dialogsForMember(database, userId, dialogIds),
      membersOf(database, dialogIds, membersMax, userId),
      this.store.newest(database, dialogIds),
    ]);
    const membersByDialog = byDialog(members);
    const whole = rows.filter((row) => row.type !== 'channel' && row.participant_count <= CURSORS_SHOWN_MEMBERS_MAX);
    const cursors = new Map(whole.map((row) => [row.id, membersByDialog.get(row.id) ?? []]));
    const lastMessages = await this.messages(database, newest, cursors);
    const lastByDialog = new Map(lastMessages.map((message) => [message.dialog_id, message]));
    const rowById = new Map(rows.map((row) => [row.id, row]));
    return dialogIds.flatMap((id) => {
      const row = rowById.get(id);
      return row === undefined ? [] : [dialogOf(row, membersByDialog.get(id) ?? [], lastByDialog.get(id))];
    });
  }

  /** What a message says; nothing for a deleted one. One whose key was destroyed reads as deleted at that moment. */
  async opened(row: MessageRow): Promise<{ readonly body?: Body; readonly deletedAt: Date | null }> {
    if (row.deleted_at !== null) return { deletedAt: row.deleted_at };
    const key = await this.#keys.version(row.dialog_id, row.key_version);
    if (isDestroyed(key)) return { deletedAt: key.destroyedAt };
    const place = { dialogId: row.dialog_id, messageId: row.id, senderId: row.sender_id };
    return { body: open(key, place, row.body), deletedAt: null };
  }
}

/** Cursors from which a message's status may be derived: those of all members, or none. A single one is the caller's. */
function shown(cursors: readonly CursorRow[] | undefined): readonly CursorRow[] {
  return cursors === undefined || cursors.length > CURSORS_SHOWN_MEMBERS_MAX || cursors.length === 1 ? [] : cursors;
}

/** A dialog that was added in this transaction, before it has messages. */
export async function freshDialog(sql: Sql, userId: UserId, dialogId: DialogId): Promise<WireDialog> {
  const [[row], members] = await Promise.all([
    dialogsForMember(sql, userId, [dialogId]),
    membersOf(sql, [dialogId], MEMBERS_OF_ONE_MAX, userId),
  ]);
  return dialogOf(row!, members, undefined);
}
