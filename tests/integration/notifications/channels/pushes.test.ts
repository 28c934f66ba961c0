import { expect, test } from 'vitest';
import { makeEndedPushes } from '#workers/consumers/ended-pushes.ts';
import { SessionRevoked } from '#shared/events/auth.ts';
import { happened, type StoredEvent } from '#shared/events/event.ts';
import type { PushDeviceId, SessionId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { DEVICES_MAX, retireSessions } from '#services/notifications/channels/devices.ts';
import { openChannels, parcelTo, type TestChannels } from './open-channels.ts';

type Person = Awaited<ReturnType<TestChannels['person']>>;

const register = (at: TestChannels, person: Person, token: string) =>
  at.channels.registerDevice(person, { platform: 'fcm', token }, undefined);

const pushTo = (at: TestChannels, person: Person, over = {}) =>
  at.channels.deliver(parcelTo(person, { way: 'push', ...over }));

async function browser(at: TestChannels) {
  const { body } = await at.sandbox.call('/sandbox/webpush/subscriptions', { method: 'POST', body: {} });
  return body as { endpoint: string; keys: { p256dh: string; auth: string } };
}

test.each([
  'http://push.example.com/1',
  'https://127.0.0.1/1',
  'https://localhost/1',
  'https://push.internal/1',
  'https://user@push.example.com/1',
  '/api/v1/media/01890a5d-ac96-774b-8cce-0302099a8057',
])('a browser’s endpoint at %s is refused', async (endpoint) => {
  await using at = await openChannels();
  const malee = await at.person();
  const { keys } = await browser(at);
  const body = { platform: 'webpush', subscription: { endpoint, keys } } as const;
  await expect(at.channels.registerDevice(malee, body, undefined)).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
});

test('a session that has ended registers no device, though its token may still be taken for good', async () => {
  await using at = await openChannels();
  const malee = await at.person();
  await at.rows("UPDATE auth.sessions SET revoked_at = now(), revoked_reason = 'logged_out'");
  await expect(register(at, malee, 'the-phone-of-a-thief')).rejects.toMatchObject({ code: 'SESSION_REVOKED' });
  const stranger = { ...malee, sessionId: newId<SessionId>('TH') };
  await expect(register(at, stranger, 'the-phone-of-a-thief')).rejects.toMatchObject({ code: 'SESSION_REVOKED' });
  expect(await at.rows('SELECT FROM notifications.devices')).toEqual([]);
});

test.each(["revoked_at = now(), revoked_reason = 'logged_out'", "expires_at = now() - interval '1 minute'"])(
  'what a session brought is pushed to no more once %s, though nobody said so',
  async (over) => {
    await using at = await openChannels();
    const malee = await at.person();
    await register(at, malee, 'the-phone-of-a-thief');
    await at.rows(`UPDATE auth.sessions SET ${over}`);
    expect(await pushTo(at, malee)).toEqual({ kind: 'no_address' });
    expect(await at.inbox('push:the-phone-of-a-thief')).toEqual([]);
    expect(await at.rows('SELECT FROM notifications.devices')).toEqual([]);
  },
);

test('nobody is pushed to without a device, nor removes the device of another', async () => {
  await using at = await openChannels();
  const [malee, somchai] = [await at.person(), await at.person()];
  expect(await pushTo(at, malee)).toEqual({ kind: 'no_address' });
  const { body } = await register(at, malee, 'malees-token');
  for (const id of [body.id as PushDeviceId, newId<PushDeviceId>('TH')]) {
    await expect(at.channels.removeDevice(somchai, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  }
  expect(await at.channels.listDevices(malee)).toHaveLength(1);
});

test('the same token again is the same device; one that another account brings is theirs, wherever they live', async () => {
  await using at = await openChannels();
  const [malee, somchai] = [await at.person(), await at.person({ country: 'VN' })];
  const first = await register(at, malee, 'a-shared-phone');
  const again = await register(at, malee, 'a-shared-phone');
  expect([first.status, again.status, again.body.id]).toEqual([201, 200, first.body.id]);
  expect(await register(at, somchai, 'a-shared-phone')).toMatchObject({ status: 201 });
  expect(await at.channels.listDevices(malee)).toEqual([]);
  expect(await pushTo(at, malee)).toEqual({ kind: 'no_address' });
  expect(await pushTo(at, somchai)).toMatchObject({ kind: 'sent', provider: 'fcm' });
});

test('someone has so many devices and no more, however many come at once: the oldest goes', async () => {
  await using at = await openChannels();
  const malee = await at.person();
  await register(at, malee, 'the-oldest-token');
  await at.rows("UPDATE notifications.devices SET updated_at = now() - interval '1 day'");
  const tokens = Array.from({ length: DEVICES_MAX }, (_, at_) => `token-number-${at_}`);
  await Promise.all(tokens.map((token) => register(at, malee, token)));
  expect(await at.channels.listDevices(malee)).toHaveLength(DEVICES_MAX);
  await pushTo(at, malee);
  expect(await at.inbox('push:the-oldest-token')).toEqual([]);
});

test('a push reaches every device once, with its data, and a token that is gone is forgotten', async () => {
  await using at = await openChannels();
  const malee = await at.person();
  const { endpoint, keys } = await browser(at);
  await register(at, malee, 'an-android');
  await register(at, malee, 'gone-android');
  await at.channels.registerDevice(malee, { platform: 'apns', token: 'an-iphone' }, undefined);
  await at.channels.registerDevice(malee, { platform: 'webpush', subscription: { endpoint, keys } }, undefined);
  const parcel = parcelTo(malee, { way: 'push' });
  for (const _ of ['first', 'again']) expect(await at.channels.deliver(parcel)).toMatchObject({ kind: 'sent' });
  for (const where of ['an-android', 'an-iphone', endpoint]) {
    const shown = await at.inbox(`push:${where}`);
    expect(shown, where).toMatchObject([{ subject: 'A word', text: 'Something happened', data: { order_id: 'o1' } }]);
  }
  expect(await at.channels.listDevices(malee)).toHaveLength(3);
  await at.rows("DELETE FROM notifications.devices WHERE platform <> 'fcm'");
  await at.rows('UPDATE notifications.devices SET updated_at = now()');
  expect(await pushTo(at, malee)).toMatchObject({ kind: 'sent', provider: 'fcm' });
});

test('when all of someone’s devices are gone there is no address; when a platform is away it is to be tried later', async () => {
  await using at = await openChannels();
  const malee = await at.person();
  await register(at, malee, 'gone-android');
  expect(await pushTo(at, malee)).toEqual({ kind: 'no_address' });
  await register(at, malee, 'quota-android');
  const later = pushTo(at, malee);
  await expect(later).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', retryAfterS: 7 });
});

test('a push that one device has and another could not take now is tried again for that one alone', async () => {
  await using at = await openChannels();
  const malee = await at.person();
  await register(at, malee, 'an-android');
  await at.channels.registerDevice(malee, { platform: 'apns', token: 'an-iphone' }, undefined);
  await at.fault('apns', 'error');
  const parcel = parcelTo(malee, { way: 'push' });
  await expect(at.channels.deliver(parcel)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  expect(await at.inbox('push:an-iphone')).toEqual([]);
  expect(await at.channels.deliver(parcel)).toMatchObject({ kind: 'sent' });
  expect(await at.inbox('push:an-iphone')).toHaveLength(1);
  expect(await at.inbox('push:an-android')).toHaveLength(1);
});

test('a device that is never reached keeps what another has from being sent for a while only', async () => {
  await using at = await openChannels();
  const malee = await at.person();
  await register(at, malee, 'an-android');
  await register(at, malee, 'quota-android');
  const parcel = parcelTo(malee, { way: 'push' });
  for (let tries = 0; tries < 8; tries++) {
    await expect(at.channels.deliver(parcel)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  }
  expect(await at.channels.deliver(parcel)).toMatchObject({ kind: 'sent', provider: 'fcm' });
  expect(await at.inbox('push:an-android')).toHaveLength(1);
});

test('a push that a platform may have is sent again under the same key, by which a device shows one of them', async () => {
  await using at = await openChannels();
  const malee = await at.person();
  await register(at, malee, 'an-android');
  await at.fault('fcm', 'reset_after_commit');
  const parcel = parcelTo(malee, { way: 'push' });
  await expect(at.channels.deliver(parcel)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  expect(await at.channels.deliver(parcel)).toMatchObject({ kind: 'sent' });
  const keys = (await at.inbox('push:an-android')).map(({ headers }) => headers?.['collapse-key']);
  expect(keys).toEqual([parcel.notificationId, parcel.notificationId]);
});

test('a token stands nowhere in the database as it is', async () => {
  await using at = await openChannels();
  const malee = await at.person();
  await register(at, malee, 'a-token-to-be-kept-secret');
  const [kept] = await at.rows<{ text: string }>(
    "SELECT string_agg(d::text, '') AS text FROM notifications.devices AS d",
  );
  expect(kept?.text).not.toContain('secret');
  expect(kept?.text).not.toContain(Buffer.from('secret').toString('hex'));
});

test('a device whose session has ended is pushed to no more, and others are', async () => {
  await using at = await openChannels();
  const malee = await at.person();
  const other = { ...malee, sessionId: newId<SessionId>('TH') };
  await at.session(other);
  await register(at, malee, 'the-ended-phone');
  await register(at, other, 'the-other-phone');
  const { databases } = at.ground;
  const consumer = makeEndedPushes({ retireSessions: (_, ids) => retireSessions(databases.of('TH'), ids) });
  const revoked = happened(SessionRevoked, malee.userId, {
    user_id: malee.userId,
    session_id: malee.sessionId,
    reason: 'logged_out',
  });
  const event = { ...revoked, id: newId('TH'), occurredAt: new Date() } as StoredEvent;
  await at.db.database.transaction((tx) => consumer.handle([event], tx));
  await pushTo(at, malee);
  expect(await at.inbox('push:the-ended-phone')).toEqual([]);
  expect(await at.inbox('push:the-other-phone')).toHaveLength(1);
});
