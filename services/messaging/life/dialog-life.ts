import type { WireDialog } from '#shared/contracts/messaging/dialog.ts';
import type { AddParticipants, ChangeRoles, EditDialog } from '#shared/contracts/messaging/dialog-life.ts';
import type { DialogId, MessageId, UserId } from '#shared/ids.ts';
import type { Member } from '../service.ts';
import { makeAddParticipants } from './add-participants.ts';
import { type LifePorts, makeChangeDialog } from './change-dialog.ts';
import { makeChangeRoles } from './change-roles.ts';
import { makeDeleteDialog } from './delete-dialog.ts';
import { makeEditDialog } from './edit-dialog.ts';
import { makeJoinDialog } from './join-dialog.ts';
import { makeLeaveDialog } from './leave-dialog.ts';
import { makeMuteDialog } from './mute-dialog.ts';
import { makePinMessage, makeUnpinMessage } from './pin-message.ts';
import { makeRemoveParticipants } from './remove-participants.ts';

/**
 * How groups and channels live: each verb is documented where it is written. All answer with the dialog as the caller
 * sees it afterwards.
 */
export interface DialogLife {
  editDialog(caller: Member, dialogId: DialogId, edit: EditDialog): Promise<WireDialog>;
  deleteDialog(caller: Member, dialogId: DialogId): Promise<void>;
  addParticipants(caller: Member, dialogId: DialogId, people: AddParticipants): Promise<WireDialog>;
  removeParticipants(caller: Member, dialogId: DialogId, userIds: readonly UserId[]): Promise<WireDialog>;
  changeRoles(caller: Member, dialogId: DialogId, roles: ChangeRoles): Promise<WireDialog>;
  joinDialog(caller: Member, dialogId: DialogId): Promise<WireDialog>;
  leaveDialog(caller: Member, dialogId: DialogId): Promise<WireDialog>;
  muteDialog(caller: Member, dialogId: DialogId, until: Date | null): Promise<WireDialog>;
  pinMessage(caller: Member, dialogId: DialogId, messageId: MessageId): Promise<WireDialog>;
  unpinMessage(caller: Member, dialogId: DialogId, messageId: MessageId): Promise<WireDialog>;
}

export function makeDialogLife(ports: LifePorts): DialogLife {
  const change = makeChangeDialog(ports);
  const leaveDialog = makeLeaveDialog(change);
  return {
    editDialog: makeEditDialog(change),
    deleteDialog: makeDeleteDialog(change),
    addParticipants: makeAddParticipants(change, ports),
    removeParticipants: makeRemoveParticipants(change, leaveDialog),
    changeRoles: makeChangeRoles(change),
    joinDialog: makeJoinDialog(change, ports),
    leaveDialog,
    muteDialog: makeMuteDialog(ports),
    pinMessage: makePinMessage(change),
    unpinMessage: makeUnpinMessage(change),
  };
}
