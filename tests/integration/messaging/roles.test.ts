import { expect, test } from 'vitest';
import type { Member } from '#services/messaging/service.ts';
import type { WireDialog } from '#shared/contracts/messaging/dialog.ts';
import type { ParticipantRole } from '#shared/contracts/messaging/participant.ts';
import { AppError } from '#shared/errors.ts';
import { freshDatabase } from '#tests/harness/database.ts';
import { World } from './world.ts';

type Actor = ParticipantRole | 'stranger';
type Answer = 'ok' | 'FORBIDDEN' | 'NOT_FOUND' | 'CONFLICT';

/** A group with one of each, and others to do things to. */
type Stage = {
  readonly world: World;
  readonly dialog: WireDialog;
  readonly actors: Readonly<Record<Actor, Member>>;
  readonly admin: Member;
  readonly member: Member;
  readonly outsider: Member;
};

async function stage(world: World, type: 'group' | 'channel'): Promise<Stage> {
  const [owner, actingAdmin, actingMember, admin, member, stranger, outsider] = world.people(7) as [
    Member,
    Member,
    Member,
    Member,
    Member,
    Member,
    Member,
  ];
  const ids = [actingAdmin, actingMember, admin, member].map(({ userId }) => userId);
  const { dialog } = await world.messaging.openDialog(owner, { type, name: 'Lunch', participant_ids: ids });
  await world.messaging.changeRoles(owner, dialog.id, { user_ids: [actingAdmin.userId, admin.userId], role: 'admin' });
  return {
    world,
    dialog,
    actors: { owner, admin: actingAdmin, member: actingMember, stranger },
    admin,
    member,
    outsider,
  };
}

type Verb = (stage: Stage, actor: Member) => Promise<unknown>;

const VERBS: Readonly<Record<string, { readonly run: Verb; readonly may: Readonly<Record<Actor, Answer>> }>> = {
  'edits it': {
    run: ({ world, dialog }, actor) => world.messaging.editDialog(actor, dialog.id, { name: 'Dinner' }),
    may: { owner: 'ok', admin: 'ok', member: 'FORBIDDEN', stranger: 'NOT_FOUND' },
  },
  'adds someone': {
    run: ({ world, dialog, outsider }, actor) =>
      world.messaging.addParticipants(actor, dialog.id, { user_ids: [outsider.userId], role: 'member' }),
    may: { owner: 'ok', admin: 'ok', member: 'FORBIDDEN', stranger: 'NOT_FOUND' },
  },
  'removes a member': {
    run: ({ world, dialog, member }, actor) => world.messaging.removeParticipants(actor, dialog.id, [member.userId]),
    may: { owner: 'ok', admin: 'ok', member: 'FORBIDDEN', stranger: 'NOT_FOUND' },
  },
  'removes an admin': {
    run: ({ world, dialog, admin }, actor) => world.messaging.removeParticipants(actor, dialog.id, [admin.userId]),
    may: { owner: 'ok', admin: 'ok', member: 'FORBIDDEN', stranger: 'NOT_FOUND' },
  },
  'removes the owner, or oneself as owner': {
    run: ({ world, dialog, actors }, actor) =>
      world.messaging.removeParticipants(actor, dialog.id, [actors.owner.userId]),
    may: { owner: 'ok', admin: 'FORBIDDEN', member: 'FORBIDDEN', stranger: 'NOT_FOUND' },
  },
  'removes someone who is not in it': {
    run: ({ world, dialog, outsider }, actor) =>
      world.messaging.removeParticipants(actor, dialog.id, [outsider.userId]),
    may: { owner: 'NOT_FOUND', admin: 'NOT_FOUND', member: 'FORBIDDEN', stranger: 'NOT_FOUND' },
  },
  'promotes a member': {
    run: ({ world, dialog, member }, actor) =>
      world.messaging.changeRoles(actor, dialog.id, { user_ids: [member.userId], role: 'admin' }),
    may: { owner: 'ok', admin: 'ok', member: 'FORBIDDEN', stranger: 'NOT_FOUND' },
  },
  'demotes an admin': {
    run: ({ world, dialog, admin }, actor) =>
      world.messaging.changeRoles(actor, dialog.id, { user_ids: [admin.userId], role: 'member' }),
    may: { owner: 'ok', admin: 'ok', member: 'FORBIDDEN', stranger: 'NOT_FOUND' },
  },
  'demotes the owner': {
    run: ({ world, dialog, actors }, actor) =>
      world.messaging.changeRoles(actor, dialog.id, { user_ids: [actors.owner.userId], role: 'member' }),
    may: { owner: 'CONFLICT', admin: 'FORBIDDEN', member: 'FORBIDDEN', stranger: 'NOT_FOUND' },
  },
  'makes someone owner': {
    run: ({ world, dialog, member }, actor) =>
      world.messaging.changeRoles(actor, dialog.id, { user_ids: [member.userId], role: 'owner' }),
    may: { owner: 'ok', admin: 'FORBIDDEN', member: 'FORBIDDEN', stranger: 'NOT_FOUND' },
  },
  'promotes oneself': {
    run: ({ world, dialog }, actor) =>
      world.messaging.changeRoles(actor, dialog.id, { user_ids: [actor.userId], role: 'admin' }),
    may: { owner: 'CONFLICT', admin: 'ok', member: 'FORBIDDEN', stranger: 'NOT_FOUND' },
  },
  'joins it, which is not public': {
    run: ({ world, dialog }, actor) => world.messaging.joinDialog(actor, dialog.id),
    may: { owner: 'ok', admin: 'ok', member: 'ok', stranger: 'NOT_FOUND' },
  },
  'leaves it': {
    run: ({ world, dialog }, actor) => world.messaging.leaveDialog(actor, dialog.id),
    may: { owner: 'ok', admin: 'ok', member: 'ok', stranger: 'NOT_FOUND' },
  },
  'deletes it': {
    run: ({ world, dialog }, actor) => world.messaging.deleteDialog(actor, dialog.id),
    may: { owner: 'ok', admin: 'ok', member: 'ok', stranger: 'NOT_FOUND' },
  },
  'mutes it': {
    run: ({ world, dialog }, actor) => world.messaging.muteDialog(actor, dialog.id, new Date('2100-01-01')),
    may: { owner: 'ok', admin: 'ok', member: 'ok', stranger: 'NOT_FOUND' },
  },
  'pins a message': {
    run: async ({ world, dialog, actors }, actor) => {
      const { message } = await world.say(actors.owner, dialog.id, 'at noon');
      return await world.messaging.pinMessage(actor, dialog.id, message.id);
    },
    may: { owner: 'ok', admin: 'ok', member: 'FORBIDDEN', stranger: 'NOT_FOUND' },
  },
  'unpins a message': {
    run: async ({ world, dialog, actors }, actor) => {
      const { message } = await world.say(actors.owner, dialog.id, 'at noon');
      return await world.messaging.unpinMessage(actor, dialog.id, message.id);
    },
    may: { owner: 'ok', admin: 'ok', member: 'FORBIDDEN', stranger: 'NOT_FOUND' },
  },
};

const ACTORS: readonly Actor[] = ['owner', 'admin', 'member', 'stranger'];

async function answerOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'ok';
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

test.each(['group', 'channel'] as const)('who may do what in a %s, each role and each verb', async (type) => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  for (const [verb, { run, may }] of Object.entries(VERBS)) {
    for (const actor of ACTORS) {
      const on = await stage(world, type);
      const before = await world.messaging.getDialog(on.actors.owner, on.dialog.id);
      const answer = await answerOf(run(on, on.actors[actor]));
      expect({ actor, verb, answer }).toEqual({ actor, verb, answer: may[actor] });
      if (answer === 'ok') continue;
      const after = await world.messaging.getDialog(on.actors.owner, on.dialog.id);
      const own = { last_message: null, last_seq: 0, version: 0, last_message_at: null, unread_count: 0 };
      expect({ ...after, ...own }).toEqual({ ...before, ...own });
    }
  }
});

test('a direct dialog has its two people and no one else, and nobody runs it', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben, eve] = world.people(3) as [Member, Member, Member];
  const { id } = await world.direct(ann, ben);
  const { messaging } = world;
  for (const person of [ann, ben]) {
    for (const refused of [
      () => messaging.editDialog(person, id, { name: 'Us' }),
      () => messaging.addParticipants(person, id, { user_ids: [eve.userId], role: 'member' }),
      () => messaging.removeParticipants(person, id, [person === ann ? ben.userId : ann.userId]),
      () => messaging.changeRoles(person, id, { user_ids: [ben.userId], role: 'admin' }),
      () => messaging.leaveDialog(person, id),
    ]) {
      expect(await answerOf(refused())).toBe('CONFLICT');
    }
  }
  expect((await messaging.getDialog(ann, id)).last_seq).toBe(0);
});

test('two admins who demote each other at the same moment leave one admin', async () => {
  await using db = await freshDatabase();
  const here = new World(db.databases);
  const there = new World(db.databases, here);
  for (let round = 0; round < 10; round += 1) {
    const { dialog, actors, admin } = await stage(here, 'group');
    const one = actors.admin;
    const answers = await Promise.all([
      answerOf(here.messaging.changeRoles(one, dialog.id, { user_ids: [admin.userId], role: 'member' })),
      answerOf(there.messaging.changeRoles(admin, dialog.id, { user_ids: [one.userId], role: 'member' })),
    ]);
    expect(answers.toSorted()).toEqual(['FORBIDDEN', 'ok']);
    const { participants } = await here.messaging.getDialog(one, dialog.id);
    expect(participants.filter(({ role }) => role === 'admin')).toHaveLength(1);
    expect(participants.filter(({ role }) => role === 'owner')).toHaveLength(1);
  }
});

test('an owner who leaves is followed by the admin who was in it longest, then by the member', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben, eve, max] = world.people(4) as [Member, Member, Member, Member];
  const { id } = await world.group(ann, ben, eve);
  await world.messaging.addParticipants(ann, id, { user_ids: [max.userId], role: 'admin' });
  const owners = async (as: Member) => {
    const { participants } = await world.messaging.getDialog(as, id);
    return participants.filter(({ role }) => role === 'owner').map(({ user_id: userId }) => userId);
  };
  await world.messaging.leaveDialog(ann, id);
  expect(await owners(ben)).toEqual([max.userId]);
  await world.messaging.leaveDialog(max, id);
  const [first] = [ben, eve].toSorted((a, b) => (a.userId < b.userId ? -1 : 1)) as [Member];
  expect(await owners(ben)).toEqual([first.userId]);
  const last = first === ben ? eve : ben;
  await world.messaging.leaveDialog(first, id);
  expect(await owners(last)).toEqual([last.userId]);
  const gone = await world.messaging.leaveDialog(last, id);
  expect(gone).toMatchObject({ id, participant_count: 0, participants: [] });
  await expect(world.messaging.getDialog(last, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
