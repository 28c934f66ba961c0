import type { DialogRemoved, WireDialog } from '#shared/contracts/messaging/dialog.ts';
import type { WireMessage } from '#shared/contracts/messaging/message.ts';
import type { ParticipantRole } from '#shared/contracts/messaging/participant.ts';
import type { SystemNotice } from '#shared/contracts/messaging/system-notice.ts';
import { AppError } from '#shared/errors.ts';
import { type NewEvent, type Outbox, happened } from '#shared/events/event.ts';
import { MessagesAppended } from '#shared/events/messaging.ts';
import type { DialogId, UserId } from '#shared/ids.ts';
import type { Databases, Tx } from '#shared/sql.ts';
import type { DialogKeys } from '../encryption/dialog-keys.ts';
import type { Announcer, Blocks, People } from '../ports.ts';
import type { Reading } from '../reading.ts';
import type { Member } from '../service.ts';
import { type HeldDialog, holdDialog, rolesOf } from '../store/dialog-life.ts';
import type { MessageStore } from '../store/message-store.ts';
import { tellInDialog } from './system-message.ts';
import { updateOf } from './update.ts';

export type LifePorts = {
  readonly databases: Databases;
  readonly keys: DialogKeys;
  readonly reading: Reading;
  readonly outbox: Outbox;
  readonly people: People;
  readonly blocks: Blocks;
  readonly announcer: Announcer;
};

/** What a use case finds: the dialog, whose row it holds, and what the caller is in it. */
export type Standing = {
  readonly tx: Tx;
  readonly store: MessageStore;
  readonly dialog: HeldDialog;
  /** Undefined for someone who is not in it. */
  readonly role: ParticipantRole | undefined;
};

/** What a use case has done; `undefined` where it found nothing to do. */
export type Deed = {
  /** What is said of it in the dialog, in this order. */
  readonly notices: readonly SystemNotice[];
  readonly events: readonly NewEvent[];
  /** What auditors find, of what people with power did. */
  readonly audit?: { readonly action: string; readonly facts: Readonly<Record<string, string | number | boolean>> };
  readonly entered?: readonly UserId[];
  readonly gone?: { readonly userIds: readonly UserId[]; readonly reason: DialogRemoved['reason'] };
  /** Nobody is in it any more. */
  readonly closed?: boolean;
  /** Nothing that its other members see has changed. */
  readonly isQuiet?: boolean;
};

/**
 * How the use cases change a dialog. Its row is held first, so that appends, other changes and the counters of members
 * come one after the other; what is said of the change, its events and its audit entry are written in the same
 * transaction; sockets are told once it is committed.
 *
 * @returns the dialog as the caller sees it afterwards; someone who has left, as they last saw it
 */
export function makeChangeDialog({ keys, reading, outbox, announcer }: LifePorts) {
  return async (
    caller: Member,
    dialogId: DialogId,
    act: (standing: Standing) => Promise<Deed | undefined>,
  ): Promise<WireDialog> => {
    const key = await keys.current(dialogId);
    const before = await reading.find(caller.userId, dialogId);
    const database = reading.home(dialogId);

    const done = await database.transaction(async (tx) => {
      const dialog = await holdDialog(tx, dialogId);
      if (dialog === undefined) throw new AppError('NOT_FOUND');
      const role = (await rolesOf(tx, dialogId, [caller.userId])).get(caller.userId);
      const deed = await act({ tx, store: reading.store, dialog, role });
      if (deed === undefined) return { deed, said: [] };
      const said = await tellInDialog(reading.store, tx, { key, dialogId, senderId: caller.userId }, deed.notices);
      const { action, facts = {} } = deed.audit ?? {};
      await outbox.append(tx, {
        events: [...deed.events, ...appended(dialogId, said)],
        audit:
          action === undefined
            ? []
            : [{ actor: caller.userId, action, subject: dialogId, region: caller.country, outcome: 'ok', facts }],
      });
      return { deed, said };
    });

    const after = await reading.find(caller.userId, dialogId);
    const seen = after ?? (before === undefined ? undefined : withoutSelf(before, caller.userId, done.said));
    if (seen === undefined) throw new AppError('NOT_FOUND');
    if (done.deed !== undefined) await announce(dialogId, done.deed, done.said, seen);
    return seen;
  };

  async function announce(
    dialogId: DialogId,
    deed: Deed,
    said: readonly WireMessage[],
    seen: WireDialog,
  ): Promise<void> {
    const { entered = [], gone, closed, isQuiet } = deed;
    if (gone !== undefined) announcer.dialogRemoved(gone.userIds, removalOf(seen, gone.reason));
    if (closed === true) return announcer.dialogClosed(removalOf(seen, 'deleted'));
    if (entered.length > 0) {
      // What each of those who have just come has of their own is the same for all.
      const fresh = await reading.find(entered[0]!, dialogId);
      if (fresh !== undefined) announcer.dialogNew(entered, fresh);
    }
    for (const message of said) {
      announcer.messageNew(dialogId, { dialog_id: dialogId, version: message.version, message });
    }
    if (isQuiet !== true) announcer.dialogUpdated(dialogId, updateOf(seen));
  }
}

export type ChangeDialog = ReturnType<typeof makeChangeDialog>;

function appended(dialogId: DialogId, said: readonly WireMessage[]): NewEvent[] {
  const [first, last] = [said[0], said.at(-1)];
  if (first === undefined || last === undefined) return [];
  return [happened(MessagesAppended, dialogId, { dialog_id: dialogId, from_seq: first.seq, to_seq: last.seq })];
}

function removalOf({ id, type }: WireDialog, reason: DialogRemoved['reason']): DialogRemoved {
  return { id, dialog_id: id, type, reason };
}

function withoutSelf(before: WireDialog, userId: UserId, said: readonly WireMessage[]): WireDialog {
  const last = said.at(-1);
  return {
    ...before,
    participants: before.participants.filter((participant) => participant.user_id !== userId),
    participant_count: before.participant_count - 1,
    unread_count: 0,
    ...(last === undefined ? {} : { last_message: last, last_seq: last.seq, version: last.version }),
  };
}
