import { z } from 'zod';
import { ParticipantRole } from '../contracts/messaging/participant.ts';
import { DialogId, UserId } from '../ids.ts';
import { defineEvent } from './event.ts';

const dialog = { dialog_id: DialogId, by: UserId };
/** At most as many as one call names. */
const people = { user_ids: z.array(UserId).min(1).max(100) };

export const MembersEntered = defineEvent('messaging.members_entered', 1, z.object({ ...dialog, ...people }), {
  says: 'People came into a dialog, by themselves or added.',
  key: 'dialog_id',
});

export const MembersGone = defineEvent('messaging.members_gone', 1, z.object({ ...dialog, ...people }), {
  says: 'People left a dialog, or were removed from it.',
  key: 'dialog_id',
});

export const RolesChanged = defineEvent(
  'messaging.roles_changed',
  1,
  z.object({ ...dialog, ...people, role: ParticipantRole }),
  { says: 'Members of a dialog have another role.', key: 'dialog_id' },
);

export const DialogEdited = defineEvent(
  'messaging.dialog_edited',
  1,
  z.object({ ...dialog, changed: z.array(z.string()) }),
  {
    says: 'Settings of a dialog changed: `changed` names them; what they hold is personal and is read from the store.',
    key: 'dialog_id',
  },
);

export const DialogDeleted = defineEvent('messaging.dialog_deleted', 1, z.object(dialog), {
  says: 'Nobody is in a dialog any more; what is left of it is purged when its time comes.',
  key: 'dialog_id',
});
