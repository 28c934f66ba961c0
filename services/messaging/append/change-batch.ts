import { REACTIONS_PER_MESSAGE_MAX, REACTORS_SHOWN_MAX } from '#shared/contracts/messaging/reaction.ts';
import { type AuditEntry, type NewEvent, type Outbox, happened } from '#shared/events/event.ts';
import { MessageChanged } from '#shared/events/messaging.ts';
import { type DialogId, type MessageId, regionOf } from '#shared/ids.ts';
import type { Database } from '#shared/sql.ts';
import { CURSORS_SHOWN_MEMBERS_MAX, EDITS_PER_MESSAGE_MAX, EDIT_WITHIN_MS } from '../rules.ts';
import { type Change, type Verdict, changeMessages, messagesByIds } from '../store/changes.ts';
import type { MessageStore } from '../store/message-store.ts';
import type { MessageRow } from '../store/messages.ts';
import { type CursorRow, cursorsOf } from '../store/participants.ts';
import { type ReactionRow, reactionsOf } from '../store/reactions.ts';
import { byDialog } from '../wire.ts';
import { settleDeleted } from './settle-deleted.ts';

/** What became of a change, and the message as that commit left it: only when it was changed, or needed no change. */
export type Changed = {
  readonly verdict: Verdict;
  readonly row: MessageRow | undefined;
  /** The dialog lost a pin with it. */
  readonly unpinned?: boolean;
  readonly reactions: ReadonlyMap<MessageId, readonly ReactionRow[]>;
  /** Everyone's cursors in small dialogs. */
  readonly cursors: ReadonlyMap<DialogId, readonly CursorRow[]>;
};

const NOTHING = { row: undefined, reactions: new Map(), cursors: new Map() } as const;

const LIMITS = {
  editWithinMs: EDIT_WITHIN_MS,
  editsMax: EDITS_PER_MESSAGE_MAX,
  reactionsMax: REACTIONS_PER_MESSAGE_MAX,
} as const;

const CHANGE_NAMES = { edit: 'edited', delete: 'deleted', react: 'reacted', unreact: 'unreacted' } as const;

/**
 * Makes changes, writes an event for each and an audit entry for each message that an admin deleted, in one transaction;
 * and reads the states that they led to before it ends, while the dialogs are still locked.
 *
 * @throws {AppError} UPSTREAM_UNAVAILABLE when the store could not be reached; the changes may have been made or not.
 *   It is not tried again here: an edit would be made twice.
 */
export function changeBatch(
  store: MessageStore,
  database: Database,
  outbox: Outbox,
  batch: readonly Change[],
): Promise<Changed[]> {
  return store.changing(database, batch, async (tx) => {
    const verdicts = await changeMessages(tx, batch, LIMITS);
    const shown = batch.filter((_, at) => verdicts[at] === 'changed' || verdicts[at] === 'unchanged');
    if (shown.length === 0) return verdicts.map((verdict) => ({ verdict, ...NOTHING }));
    const rows = await messagesByIds(
      tx,
      shown.map((change) => change.messageId),
    );
    const byId = new Map(rows.map((row) => [row.id, row]));
    const reactions = await reactionsOf(tx, rows, REACTORS_SHOWN_MAX);
    const dialogIds = [...new Set(rows.map((row) => row.dialog_id))];
    // What is announced goes to all members, so it is derived from what all may see.
    const cursors = byDialog(await cursorsOf(tx, dialogIds, CURSORS_SHOWN_MEMBERS_MAX, null));
    const outcomes = verdicts.map((verdict, at) => {
      const isShown = verdict === 'changed' || verdict === 'unchanged';
      return { verdict, row: isShown ? byId.get(batch[at]!.messageId) : undefined, reactions, cursors };
    });
    const made = batch.flatMap((change, at) =>
      verdicts[at] === 'changed' ? [{ change, row: byId.get(change.messageId)! }] : [],
    );
    if (made.length === 0) return outcomes;
    const unpinned = await settleDeleted(
      tx,
      batch.filter((_, at) => verdicts[at] === 'changed'),
    );
    await outbox.append(tx, {
      events: [...made.map(eventOf), ...unpinned.map(({ event }) => event)],
      audit: [...made.flatMap(auditOf), ...unpinned.map(({ audit }) => audit)],
    });
    // Told with the first of the batch that was changed in that dialog; which one does not matter.
    const untold = new Set(unpinned.map(({ dialogId }) => dialogId));
    return outcomes.map((outcome, at) =>
      outcome.verdict === 'changed' && untold.delete(batch[at]!.dialogId) ? { ...outcome, unpinned: true } : outcome,
    );
  });
}

type Made = { readonly change: Change; readonly row: MessageRow };

function eventOf({ change, row }: Made): NewEvent {
  return happened(MessageChanged, change.dialogId, {
    dialog_id: change.dialogId,
    message_id: change.messageId,
    seq: Number(row.seq),
    version: Number(row.version),
    change: CHANGE_NAMES[change.kind],
    by: change.actorId,
    ...(change.showed === undefined
      ? {}
      : { showed: { media_id: change.showed.mediaId, message_key: change.showed.messageKey } }),
  });
}

/** Whoever takes away what someone else said leaves a trace. */
function auditOf({ change, row }: Made): AuditEntry[] {
  if (change.kind !== 'delete' || row.sender_id === change.actorId) return [];
  return [
    {
      actor: change.actorId,
      action: 'messaging.message_deleted',
      subject: change.messageId,
      region: regionOf(change.dialogId),
      outcome: 'ok',
      facts: { dialog_id: change.dialogId, sender_id: row.sender_id },
    },
  ];
}
