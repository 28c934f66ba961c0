import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Member } from '#services/messaging/service.ts';
import type { WireDialog } from '#shared/contracts/messaging/dialog.ts';
import { problemOf } from '#tests/integration/gateway/test-front.ts';
import type { World } from './world.ts';
import { openWorldByHttp, type WorldByHttp } from './world-by-http.ts';

let opened: WorldByHttp;
let world: World;
let call: WorldByHttp['call'];
beforeAll(async () => {
  opened = await openWorldByHttp();
  ({ world, call } = opened);
});
afterAll(() => opened[Symbol.asyncDispose]());

async function dialogBy(who: Member, method: string, path: string, body?: unknown): Promise<WireDialog> {
  const answer = await call(who, method, path, body);
  expect([method, path, answer.status]).toEqual([method, path, 200]);
  return answer.body as WireDialog;
}

test('too many people, nobody, the same one twice, or two owners are refused', async () => {
  const [ann, ben, eve] = world.people(3) as [Member, Member, Member];
  const { id } = await world.group(ann, ben, eve);
  const many = world.people(101).map(({ userId }) => userId);
  const bodies: [string, unknown][] = [
    ['POST', { user_ids: [] }],
    ['POST', { user_ids: many }],
    ['POST', { user_ids: [ben.userId, ben.userId] }],
    ['POST', { user_ids: [ben.userId], role: 'owner' }],
    ['DELETE', { user_ids: [] }],
    ['DELETE', { user_ids: [ann.userId, ben.userId] }],
    ['PATCH', { user_ids: [ben.userId, eve.userId], role: 'owner' }],
    ['PATCH', { user_ids: [ben.userId] }],
  ];
  for (const [method, body] of bodies) {
    const answer = await call(ann, method, `/dialogs/${id}/participants`, body);
    expect([method, answer.status, problemOf(answer).code]).toEqual([method, 400, 'VALIDATION_ERROR']);
  }
  for (const body of [
    { name: '' },
    { name: null },
    { description: 'x'.repeat(501) },
    { avatar_url: 'http://10.0.0.1/' },
    { settings: { message_retention_days: 0 } },
    { settings: { is_secret: true } },
    { type: 'channel' },
  ]) {
    const answer = await call(ann, 'PATCH', `/dialogs/${id}`, body);
    expect([body, answer.status]).toEqual([body, 400]);
  }
});

test('a group lives by HTTP from its settings to its end', async () => {
  const [ann, ben, eve, max] = world.people(4) as [Member, Member, Member, Member];
  const { id } = await world.group(ann, ben, eve);
  const path = `/dialogs/${id}`;
  const settings = { is_public: true, allow_media: true, message_retention_days: 30, moderation_enabled: true };
  const edited = await dialogBy(ann, 'PATCH', path, { name: 'Dinner', description: 'at eight', settings });
  expect(edited).toMatchObject({ id, name: 'Dinner', description: 'at eight', settings, avatar_url: null });
  expect((await dialogBy(ann, 'PATCH', path, { description: null })).description).toBeNull();

  expect(await dialogBy(max, 'POST', `${path}/join`)).toMatchObject({ participant_count: 4, unread_count: 0 });
  const named = (...people: Member[]) => ({ user_ids: people.map(({ userId }) => userId) });
  await dialogBy(ann, 'PATCH', `${path}/participants`, { ...named(ben), role: 'admin' });
  const without = await dialogBy(ben, 'DELETE', `${path}/participants`, named(eve, max));
  expect(without.participants.map(({ user_id: userId, role }) => [userId, role])).toEqual([
    [ann.userId, 'owner'],
    [ben.userId, 'admin'],
  ]);
  expect(await dialogBy(ben, 'POST', `${path}/participants`, named(eve))).toMatchObject({ participant_count: 3 });
  const muted = await dialogBy(eve, 'PUT', `${path}/mute`, { muted_until: '2100-01-01T00:00:00Z' });
  expect(muted.muted_until).toBe('2100-01-01T00:00:00.000Z');
  const { message } = await world.say(eve, id, 'where?');
  const pinned = await dialogBy(ben, 'POST', `${path}/pins`, { message_id: message.id });
  expect(pinned.pinned_message_ids).toEqual([message.id]);
  const unpinned = await dialogBy(ann, 'DELETE', `${path}/pins`, { message_id: message.id });
  expect(unpinned.pinned_message_ids).toEqual([]);

  expect(await dialogBy(eve, 'DELETE', `${path}/participants`, named(eve))).toMatchObject({ participant_count: 2 });
  expect((await call(eve, 'GET', path)).status).toBe(404);
  expect((await call(ben, 'DELETE', path)).status).toBe(204);
  expect(await dialogBy(ann, 'GET', path)).toMatchObject({ participant_count: 1 });
  expect((await call(ann, 'DELETE', path)).status).toBe(204);
  expect((await call(ann, 'DELETE', path)).status).toBe(404);
});
