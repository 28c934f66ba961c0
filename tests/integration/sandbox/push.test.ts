import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { makeApns } from '#infrastructure/push/apns.ts';
import { makeFcm } from '#infrastructure/push/fcm.ts';
import { isPublicAddress } from '#infrastructure/push/public-post.ts';
import { makeWebPush } from '#infrastructure/push/webpush.ts';
import type { Push, PushTarget } from '#services/notifications/channels/ports.ts';
import { newId } from '#shared/new-id.ts';
import { HOUR, MINUTE } from '#shared/time.ts';
import { APNS, FCM, type OpenSandbox, openSandbox } from './open-sandbox.ts';

const clock = () => new Date();

function push(target: PushTarget, over: Partial<Push> = {}): Push {
  const id: string = newId('TH');
  return {
    id,
    target,
    title: 'Malee',
    body: 'สวัสดีค่ะ',
    data: { dialog_id: 'd1' },
    locale: 'th',
    urgent: false,
    collapseKey: `dialog-${id}`,
    keptForMs: HOUR,
    ...over,
  };
}

const fcm = (at: OpenSandbox, over: object = {}) =>
  makeFcm({ baseUrl: `${at.url}/fcm`, tokenUrl: `${at.url}/fcm/token`, ...FCM, clock, ...over });

function apns(at: OpenSandbox, over: object = {}) {
  const made = makeApns({ baseUrl: at.apnsUrl, ...APNS, clock, ...over });
  return Object.assign(made, { [Symbol.dispose]: () => made.close() });
}

const VAPID = { privateKey: randomBytes(32).toString('base64url'), subject: 'mailto:push@tchat.example' };
const webPush = (at: OpenSandbox, sandboxUrl: string | undefined = `${at.url}/webpush`) =>
  makeWebPush({ ...VAPID, sandboxUrl, clock });

async function subscribed(at: OpenSandbox): Promise<Extract<PushTarget, { platform: 'webpush' }> & { id: string }> {
  const { body } = await at.call('/sandbox/webpush/subscriptions', { method: 'POST', body: {} });
  const { id, endpoint, keys } = body as { id: string; endpoint: string; keys: { p256dh: string; auth: string } };
  return { id, platform: 'webpush', endpoint, ...keys };
}

async function inbox(at: OpenSandbox, where: string) {
  const { body } = await at.call(`/sandbox/inbox?to=${encodeURIComponent(`push:${where}`)}`);
  return body as { subject: string; text: string; locale: string; data: object; headers: Record<string, string> }[];
}

const fault = (at: OpenSandbox, target: string, kind: string) =>
  at.call('/sandbox/faults', { body: { target, kind, count: 1 } });

const device = (platform: 'fcm' | 'apns', token: string) => push({ platform, token });

test.each([
  ['fcm', 'gone-1', 'address', 'answered 404 UNREGISTERED'],
  ['fcm', 'wrong-1', 'message', 'answered 400 INVALID_ARGUMENT'],
  ['fcm', 'quota-1', 'provider', 'answered 429 QUOTA_EXCEEDED'],
  ['apns', 'gone-1', 'address', 'answered 410 Unregistered'],
  ['apns', 'wrong-1', 'address', 'answered 400 BadDeviceToken'],
  ['apns', 'quota-1', 'provider', 'answered 429 TooManyRequests'],
] as const)('%s says of %s that the %s is at fault', async (platform, token, blame, reason) => {
  await using at = await openSandbox();
  using apple = apns(at);
  const provider = platform === 'fcm' ? fcm(at) : apple;
  const handed = await provider.send(device(platform, token));
  expect(handed).toMatchObject({ outcome: 'refused', blame, reason });
  if (token === 'quota-1' && platform === 'fcm') expect(handed).toMatchObject({ retryAfterS: 7 });
  expect(await inbox(at, token)).toEqual([]);
});

test('what is larger than a push service takes is not sent', async () => {
  await using at = await openSandbox();
  using apple = apns(at);
  const body = 'ก'.repeat(1400);
  const browser = await subscribed(at);
  for (const handed of [
    await fcm(at).send(push({ platform: 'fcm', token: 'large' }, { body })),
    await apple.send(push({ platform: 'apns', token: 'large' }, { body })),
    await webPush(at).send(push(browser, { body })),
  ]) {
    expect(handed).toEqual({ outcome: 'refused', blame: 'message', reason: 'is too large' });
  }
});

test('a service account that Google does not know is the fault of nobody who is pushed to', async () => {
  await using at = await openSandbox();
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const handed = await fcm(at, { privateKey }).send(device('fcm', 'some'));
  expect(handed).toEqual({ outcome: 'refused', blame: 'provider', reason: 'gives no token' });
});

test.each(['fcm', 'apns', 'webpush'] as const)(
  'when %s is broken it does not have it; when it breaks after it took it, it may',
  async (name) => {
    await using at = await openSandbox();
    using apple = apns(at);
    const browser = await subscribed(at);
    const provider = { fcm: fcm(at), apns: apple, webpush: webPush(at) }[name];
    const one = name === 'webpush' ? push(browser) : device(name, 'some');
    const where = name === 'webpush' ? browser.endpoint : 'some';
    await fault(at, name, 'error');
    expect(await provider.send(one)).toMatchObject({ outcome: 'refused', blame: 'provider' });
    expect(await inbox(at, where)).toEqual([]);
    await fault(at, name, 'reset_after_commit');
    expect(await provider.send(one)).toMatchObject({ outcome: 'unknown' });
    expect(await inbox(at, where)).toHaveLength(1);
    expect(await provider.send(one)).toMatchObject({ outcome: 'accepted' });
  },
);

test('a push reaches an Android with its data, its collapse key, and in its language', async () => {
  await using at = await openSandbox();
  const one = device('fcm', 'android');
  expect(await fcm(at).send(one)).toEqual({
    outcome: 'accepted',
    ref: expect.stringMatching(/^projects\/tchat-test\//),
  });
  expect(await inbox(at, 'android')).toMatchObject([
    {
      subject: 'Malee',
      text: 'สวัสดีค่ะ',
      locale: 'th',
      data: { dialog_id: 'd1', locale: 'th' },
      headers: { 'collapse-key': one.collapseKey },
    },
  ]);
});

test('a push reaches an iPhone under our id, which comes back, and its token is renewed when it has expired', async () => {
  await using at = await openSandbox();
  let now = Date.now();
  using apple = apns(at, { clock: () => new Date(now) });
  const one = device('apns', 'iphone');
  expect(await apple.send(one)).toEqual({ outcome: 'accepted', ref: one.id });
  expect(await inbox(at, 'iphone')).toMatchObject([
    { subject: 'Malee', headers: { 'apns-id': one.id, 'apns-collapse-id': one.collapseKey, 'apns-priority': '5' } },
  ]);
  // Our clock is behind Apple's, so that it refuses a token that we take for fresh.
  now = Date.now() - 61 * MINUTE;
  using behind = apns(at, { clock: () => new Date(now) });
  expect(await behind.send(device('apns', 'iphone'))).toMatchObject({ reason: 'answered 403 ExpiredProviderToken' });
  now = Date.now();
  expect(await behind.send(device('apns', 'iphone'))).toMatchObject({ outcome: 'accepted' });
});

test('a push reaches a browser sealed, and one that wants no more is gone', async () => {
  await using at = await openSandbox();
  const browser = await subscribed(at);
  expect(await webPush(at).send(push(browser, { urgent: true }))).toMatchObject({ outcome: 'accepted' });
  expect(await inbox(at, browser.endpoint)).toMatchObject([
    { subject: 'Malee', text: 'สวัสดีค่ะ', headers: { urgency: 'high', ttl: '3600' } },
  ]);
  await at.call(`/sandbox/webpush/subscriptions/${browser.id}`, { method: 'DELETE' });
  expect(await webPush(at).send(push(browser))).toMatchObject({ outcome: 'refused', blame: 'address' });
  const never = { ...browser, endpoint: `${at.url}/webpush/push/none` };
  expect(await webPush(at).send(push(never))).toMatchObject({ outcome: 'refused', blame: 'address' });
  const broken = { ...browser, p256dh: 'AAAA' };
  expect(await webPush(at).send(push(broken))).toMatchObject({ outcome: 'refused', blame: 'address' });
});

test('nothing is pushed to an address inside, however it is written', async () => {
  await using at = await openSandbox();
  const browser = await subscribed(at);
  const { port } = new URL(at.url);
  const provider = webPush(at, 'http://127.0.0.1:1/webpush');
  for (const host of [
    '127.0.0.1',
    'localhost',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '169.254.169.254',
    '0x7f.1',
    '10.0.0.1',
  ]) {
    const endpoint = `https://${host}:${port}/webpush/push/${browser.id}`;
    const handed = await provider.send(push({ ...browser, endpoint }));
    expect(handed, host).toEqual({ outcome: 'refused', blame: 'provider', reason: 'cannot be reached' });
  }
});

test.each([
  ['8.8.8.8', true],
  ['2404:6800:4003:c00::5e', true],
  ['192.168.1.1', false],
  ['100.64.0.1', false],
  ['::ffff:8.8.8.8', false],
  ['fd00::1', false],
  ['fe80::1', false],
  ['64:ff9b::7f00:1', false],
  ['2002:7f00:1::', false],
  ['not an address', false],
])('whether %s is a public address: %s', (address, isPublic) => {
  expect(isPublicAddress(address)).toBe(isPublic);
});
