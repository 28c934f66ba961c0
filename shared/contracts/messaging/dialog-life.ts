import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { DialogId, MessageId, UserId } from '../../ids.ts';
import { Timestamp } from '../../wire-time.ts';
import { WireDialog } from './dialog.ts';
import { DialogSettings } from './dialog-settings.ts';
import { ParticipantRole } from './participant.ts';
import { PublicUrl } from '../public-url.ts';
import { characters, line } from '../text.ts';

const common = { tag: 'messaging', access: 'user', params: z.object({ id: DialogId }), rate: 'write' } as const;

const PEOPLE_PER_CALL_MAX = 100;
const people = z
  .array(UserId)
  .min(1)
  .max(PEOPLE_PER_CALL_MAX)
  .refine((ids) => new Set(ids).size === ids.length, 'must name each person once');

/** What is left out stays as it is. */
export const EditDialog = z.strictObject({
  name: line(1, 100).optional(),
  description: characters(0, 500).nullable().optional(),
  avatar_url: PublicUrl.nullable().optional(),
  settings: z.strictObject(DialogSettings.partial().shape).optional(),
});
export type EditDialog = z.output<typeof EditDialog>;

export const editDialog = defineCall({
  ...common,
  name: 'editDialog',
  method: 'PATCH',
  path: '/dialogs/{id}',
  summary: 'Changes name, description, picture or settings of a group or channel; by its owner and admins',
  body: EditDialog,
  answers: { 200: WireDialog },
});

export const deleteDialog = defineCall({
  ...common,
  name: 'deleteDialog',
  method: 'DELETE',
  path: '/dialogs/{id}',
  summary:
    'By the owner: deletes the group or channel for everyone. By others: leaves it. ' +
    'A direct dialog is put away, for the caller alone, until something is said in it',
  answers: { 204: undefined },
});

export const AddParticipants = z.strictObject({
  user_ids: people,
  role: ParticipantRole.exclude(['owner']).default('member'),
});
export type AddParticipants = z.output<typeof AddParticipants>;

export const addParticipants = defineCall({
  ...common,
  name: 'addParticipants',
  method: 'POST',
  path: '/dialogs/{id}/participants',
  summary: 'Adds people to a group or channel, by its owner and admins; those who are in it already stay as they are',
  body: AddParticipants,
  answers: { 200: WireDialog },
});

export const RemoveParticipants = z.strictObject({ user_ids: people });

export const removeParticipants = defineCall({
  ...common,
  name: 'removeParticipants',
  method: 'DELETE',
  path: '/dialogs/{id}/participants',
  summary:
    'Removes people from a group or channel: admins anyone but the owner, everyone themselves alone, which is leaving. ' +
    'Refused as a whole when one of them is not in it',
  body: RemoveParticipants,
  answers: { 200: WireDialog },
});

export const ChangeRoles = z
  .strictObject({ user_ids: people, role: ParticipantRole })
  .refine(({ role, user_ids: ids }) => role !== 'owner' || ids.length === 1, {
    error: 'must name one person: a dialog has one owner',
    path: ['user_ids'],
  });
export type ChangeRoles = z.output<typeof ChangeRoles>;

export const changeRoles = defineCall({
  ...common,
  name: 'changeRoles',
  method: 'PATCH',
  path: '/dialogs/{id}/participants',
  summary:
    'Promotes and demotes, by owner and admins. The owner hands over by making someone else owner, ' +
    'and is an admin from then on',
  body: ChangeRoles,
  answers: { 200: WireDialog },
});

export const joinDialog = defineCall({
  ...common,
  name: 'joinDialog',
  method: 'POST',
  path: '/dialogs/{id}/join',
  summary: 'Joins a public group or channel; again, when one is in it, changes nothing',
  answers: { 200: WireDialog },
});

export const leaveDialog = defineCall({
  ...common,
  name: 'leaveDialog',
  method: 'POST',
  path: '/dialogs/{id}/leave',
  summary:
    'Leaves a group or channel, which is answered as it is from then on. When its owner leaves, the admin who is in it ' +
    'longest becomes owner, or else the member; with its last member it ends',
  answers: { 200: WireDialog },
});

export const MuteDialog = z.strictObject({ muted_until: Timestamp.nullable() });

export const muteDialog = defineCall({
  ...common,
  name: 'muteDialog',
  method: 'PUT',
  path: '/dialogs/{id}/mute',
  summary: 'Sets until when the caller wants no notifications of it, on all devices; null: from now on they do again',
  body: MuteDialog,
  answers: { 200: WireDialog },
});

const Pin = z.strictObject({ message_id: MessageId });

export const pinMessage = defineCall({
  ...common,
  name: 'pinMessage',
  method: 'POST',
  path: '/dialogs/{id}/pins',
  summary: 'Pins a message, at most 5 in a dialog; by both in a direct dialog, else by owner and admins',
  body: Pin,
  answers: { 200: WireDialog },
});

export const unpinMessage = defineCall({
  ...common,
  name: 'unpinMessage',
  method: 'DELETE',
  path: '/dialogs/{id}/pins',
  summary: 'Unpins a message; one that is not pinned changes nothing',
  body: Pin,
  answers: { 200: WireDialog },
});

/** How groups and channels live. */
export const dialogLifeCalls = [
  editDialog,
  deleteDialog,
  addParticipants,
  removeParticipants,
  changeRoles,
  joinDialog,
  leaveDialog,
  muteDialog,
  pinMessage,
  unpinMessage,
] as const;
