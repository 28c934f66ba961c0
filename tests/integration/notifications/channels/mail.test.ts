import { expect, test } from 'vitest';
import { makePeopleTold } from '#services/notifications/consumers/people-told.ts';
import { securityAlerts } from '#services/notifications/from-events/security.ts';
import { makeNotifications } from '#services/notifications/service.ts';
import { notificationsPorts } from '#services/wire-notifications.main.ts';
import { tell } from '#tests/integration/messaging/events-told.ts';
import { openChannels as openChannelsOf } from '#services/wire-channels.main.ts';
import type { SuppressionId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import { makeAddressQuestions } from '#workers/consumers/address-questions.ts';
import { openChannels, parcelTo } from './open-channels.ts';

const ADDRESS = 'malee@mail.example';

test('nobody is written to at an address that they have not confirmed', async () => {
  await using at = await openChannels();
  const malee = await at.person();
  expect(await at.channels.deliver(parcelTo(malee))).toEqual({ kind: 'no_address' });
  await at.channels.setEmail(malee, ADDRESS);
  expect(await at.channels.deliver(parcelTo(malee))).toEqual({ kind: 'no_address' });
  expect(await at.inbox(ADDRESS)).toEqual([]);
});

test('a link works once, only if we made it, within its day, and for the address that was named last', async () => {
  await using at = await openChannels();
  const malee = await at.person();
  await at.channels.setEmail(malee, 'first@mail.example');
  await at.askPending();
  const first = await at.linkTo('first@mail.example');
  await at.channels.setEmail(malee, ADDRESS);
  await at.askPending();
  const link = await at.linkTo(ADDRESS);
  const [id, signature] = link.split('.') as [string, string];
  for (const token of [first, `${newId('TH')}.${signature}`, `${id}.${'A'.repeat(43)}`, `${link}.x`, 'x'.repeat(30)]) {
    await expect(at.channels.confirmEmail(token), token).rejects.toMatchObject({ code: 'NOT_FOUND' });
  }
  await at.rows("UPDATE notifications.email_addresses SET confirm_until = now() - interval '1 second'");
  await expect(at.channels.confirmEmail(link)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await at.rows("UPDATE notifications.email_addresses SET confirm_until = now() + interval '1 hour'");
  await at.channels.readConfirmLink(link);
  await at.channels.confirmEmail(link);
  await expect(at.channels.confirmEmail(link)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await at.channels.getEmail(malee)).toMatchObject({ address: ADDRESS, pending: null });
});

test('asking about one address, or by one person, too often is refused', async () => {
  await using at = await openChannels();
  const [malee, ...others] = [await at.person(), await at.person(), await at.person(), await at.person()];
  for (const other of others) await at.channels.setEmail(other, 'victim@mail.example');
  const again = at.channels.setEmail(malee, 'victim@mail.example');
  await expect(again).rejects.toMatchObject({ code: 'RATE_LIMIT_EXCEEDED' });
  for (const name of ['a', 'b', 'c', 'd', 'e']) await at.channels.setEmail(malee, `${name}@mail.example`);
  const more = at.channels.setEmail(malee, 'f@mail.example');
  await expect(more).rejects.toMatchObject({ code: 'RATE_LIMIT_EXCEEDED' });
});

test('an address stands nowhere in the database as it is, nor in events and audit, and goes when its owner says so', async () => {
  await using at = await openChannels();
  const malee = await at.person();
  await at.confirmed(malee, ADDRESS);
  const [kept] = await at.rows<{ text: string }>(
    `SELECT (SELECT string_agg(a::text, '') FROM notifications.email_addresses AS a)
       || (SELECT string_agg(o::text, '') FROM events.outbox AS o) AS text`,
  );
  expect(kept?.text).not.toMatch(/malee|mail\.example/);
  expect(kept?.text).not.toContain(Buffer.from('malee').toString('hex'));
  await at.channels.removeEmail(malee, await at.proof(malee));
  expect(await at.channels.getEmail(malee)).toMatchObject({ address: null, confirmed_at: null, pending: null });
});

test('whoever has a session alone neither changes nor removes an address that was confirmed', async () => {
  await using at = await openChannels();
  const [malee, somchai] = [await at.person(), await at.person()];
  await at.confirmed(malee, ADDRESS);
  for (const proof of [undefined, 'nonsense', await at.proof(somchai)]) {
    const changing = at.channels.setEmail(malee, 'thief@mail.example', proof);
    await expect(changing).rejects.toMatchObject({ code: 'STEP_UP_REQUIRED' });
    await expect(at.channels.removeEmail(malee, proof)).rejects.toMatchObject({ code: 'STEP_UP_REQUIRED' });
  }
  expect(await at.channels.getEmail(malee)).toMatchObject({ address: ADDRESS, pending: null });
});

test.each(['changed', 'removed'] as const)(
  'an address that was %s is told of it, and the inbox and the phone too; nobody else is, and it is forgotten then',
  async (how) => {
    await using at = await openChannels();
    const [malee, somchai] = [await at.person(), await at.person()];
    await at.confirmed(malee, ADDRESS);
    await at.channels.registerDevice(malee, { platform: 'fcm', token: 'a-phone' }, undefined);
    if (how === 'changed') await at.confirmed(malee, 'new@mail.example');
    else await at.channels.removeEmail(malee, await at.proof(malee));
    const { create } = makeNotifications(notificationsPorts(at.ground));
    await tell(at.db.database, makePeopleTold(create, [securityAlerts]));
    const told = await at.rows<{ type: string; data: Record<string, string> }>(
      "SELECT type, data FROM notifications.notifications WHERE template = 'security.email_changed' ORDER BY type",
    );
    expect(told.map(({ type }) => type)).toEqual(['email', 'in_app', 'push']);
    const parcel = parcelTo(malee, { data: told[0]!.data, channel: 'security' });
    const before = (await at.inbox(ADDRESS)).length;
    expect(await at.channels.deliver(parcel)).toMatchObject({ kind: 'sent' });
    expect(await at.inbox(ADDRESS)).toHaveLength(before + 1);
    expect(await at.inbox('new@mail.example')).toHaveLength(how === 'changed' ? 1 : 0);
    const others = parcelTo(somchai, { data: told[0]!.data });
    expect(await at.channels.deliver(others)).toEqual({ kind: 'no_address' });
    const own = await at.channels.ownAddresses(malee.userId, 'TH');
    expect(own).toContainEqual({ type: 'email', address: ADDRESS, ended_at: expect.any(Date) });
    await at.channels.forgetAddresses(malee.userId, 'TH');
    expect(await at.rows('SELECT FROM notifications.former_addresses')).toEqual([]);
  },
);

test('a mailbox that is full holds up neither its server nor the questions of others, and is asked later', async () => {
  await using at = await openChannels();
  const [malee, somchai] = [await at.person(), await at.person()];
  await at.channels.setEmail(malee, 'full@mail.example');
  await at.channels.setEmail(somchai, ADDRESS);
  await tell(at.db.database, makeAddressQuestions({ askToConfirm: at.channels.askToConfirm, log: quietLog }));
  expect(await at.inbox(ADDRESS)).toHaveLength(1);
  expect(await at.rows('SELECT FROM auth.provider_health WHERE bad > 0')).toEqual([]);
  await at.rows("UPDATE notifications.email_addresses SET updated_at = now() - interval '2 minutes'");
  expect(await at.channels.askAgain()).toBe(1);
  const sealed = sealedFor(at, malee.userId, 'emptied@mail.example');
  await at.rows('UPDATE notifications.email_addresses SET pending_sealed = $1 WHERE user_id = $2', [
    sealed,
    malee.userId,
  ]);
  await at.channels.askAgain();
  expect(await at.inbox('emptied@mail.example')).toHaveLength(1);
  expect(await at.inbox(ADDRESS)).toHaveLength(1);
  expect(await at.channels.askAgain()).toBe(0);
});

test('the same address confirmed again is no change', async () => {
  await using at = await openChannels();
  const malee = await at.person();
  await at.confirmed(malee, ADDRESS);
  await at.confirmed(malee, ADDRESS);
  expect(await at.rows("SELECT FROM events.outbox WHERE type = 'notifications.email_changed'")).toEqual([]);
});

test('a mail goes to the confirmed address once, however often it is handed over', async () => {
  await using at = await openChannels();
  const malee = await at.person();
  await at.confirmed(malee, ADDRESS);
  const parcel = parcelTo(malee);
  const outcomes = [await at.channels.deliver(parcel), await at.channels.deliver(parcel)];
  for (const outcome of outcomes) expect(outcome).toMatchObject({ kind: 'sent', provider: 'mail_primary' });
  const mails = (await at.inbox(ADDRESS)).filter(({ subject }) => subject === 'A word');
  expect(mails).toHaveLength(1);
  expect(mails[0]?.headers?.['list-unsubscribe']).toMatch(/^<http.*\/notifications\/unsubscribe\?token=.*payments.*>$/);
});

test('what the first server refuses for now goes to the next; what it refuses for good goes nowhere', async () => {
  await using at = await openChannels();
  const malee = await at.person();
  await at.confirmed(malee, ADDRESS);
  await at.fault('mail_primary', 'error');
  expect(await at.channels.deliver(parcelTo(malee))).toMatchObject({ kind: 'sent', provider: 'mail_secondary' });
  await at.confirmed(malee, 'kept@mail.example');
  await at.rows('UPDATE notifications.email_addresses SET sealed = $1', [
    sealedFor(at, malee.userId, 'refused@mail.example'),
  ]);
  const refused = await at.channels.deliver(parcelTo(malee));
  expect(refused).toEqual({ kind: 'refused', reason: 'mail_primary answered 554' });
});

test('when no server can be reached it is to be tried later, and then goes once', async () => {
  await using at = await openChannels();
  const malee = await at.person();
  await at.confirmed(malee, ADDRESS);
  await at.fault('mail_primary', 'error');
  await at.fault('mail_secondary', 'error');
  const parcel = parcelTo(malee);
  await expect(at.channels.deliver(parcel)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  expect(await at.channels.deliver(parcel)).toMatchObject({ kind: 'sent' });
  expect((await at.inbox(ADDRESS)).filter(({ subject }) => subject === 'A word')).toHaveLength(1);
});

test('a server that fails again and again is asked after the other, by every process, until it works again', async () => {
  await using at = await openChannels();
  const malee = await at.person();
  await at.confirmed(malee, ADDRESS);
  await at.fault('mail_primary', 'error', 5);
  for (const _ of [1, 2, 3, 4, 5]) await at.channels.deliver(parcelTo(malee));
  const parcel = parcelTo(malee);
  expect(await at.channels.deliver(parcel)).toMatchObject({ provider: 'mail_secondary' });
  const tried = 'SELECT provider FROM notifications.attempts WHERE notification_id = $1';
  expect(await at.rows(tried, [parcel.notificationId])).toEqual([{ provider: 'mail_secondary' }]);
  await at.rows("UPDATE auth.provider_health SET skipped_until = now() - interval '1 second'");
  await expect
    .poll(async () => (await at.channels.deliver(parcelTo(malee))) as { provider: string }, { timeout: 5_000 })
    .toMatchObject({ provider: 'mail_primary' });
});

test('a country may have an order of its own', async () => {
  await using at = await openChannels({ MAIL_PROVIDERS_BY_COUNTRY: 'VN=secondary+primary' });
  const [malee, linh] = [await at.person(), await at.person({ country: 'VN' })];
  await at.confirmed(malee, ADDRESS);
  await at.confirmed(linh, 'linh@mail.example');
  expect(await at.channels.deliver(parcelTo(malee))).toMatchObject({ provider: 'mail_primary' });
  expect(await at.channels.deliver(parcelTo(linh))).toMatchObject({ provider: 'mail_secondary' });
});

test('a mail that a server may have is not sent a second time, unless it is urgent', async () => {
  await using at = await openChannels();
  const malee = await at.person();
  await at.confirmed(malee, ADDRESS);
  await at.fault('mail_primary', 'reset_after_commit');
  const parcel = parcelTo(malee);
  for (const _ of ['first', 'again']) {
    expect(await at.channels.deliver(parcel)).toEqual({ kind: 'sent', provider: 'mail_primary', providerRef: '' });
  }
  const count = async () => (await at.inbox(ADDRESS)).filter(({ subject }) => subject === 'A word').length;
  expect(await count()).toBe(1);
  await at.fault('mail_primary', 'reset_after_commit');
  const urgent = parcelTo(malee, { urgent: true, channel: 'security' });
  expect(await at.channels.deliver(urgent)).toMatchObject({ kind: 'sent', provider: 'mail_secondary' });
  expect(await count()).toBe(3);
});

test('a mail that several take on at once goes once, though each would begin with another server', async () => {
  await using at = await openChannels();
  const malee = await at.person();
  await at.confirmed(malee, ADDRESS);
  const { channels, close } = openChannelsOf(
    { ...at.ground, config: { ...at.config, MAIL_PROVIDERS: ['secondary', 'primary'] } },
    notificationsPorts(at.ground),
  );
  for (const _ of [1, 2, 3]) {
    const parcel = parcelTo(malee);
    const crowd = [at.channels, channels, at.channels, channels].map((one) => one.deliver(parcel));
    const outcomes = await Promise.allSettled(crowd);
    for (const one of outcomes.filter(({ status }) => status === 'rejected')) {
      expect(one).toMatchObject({ reason: { code: 'UPSTREAM_UNAVAILABLE' } });
    }
    expect(await at.channels.deliver(parcel)).toMatchObject({ kind: 'sent' });
    const held = "SELECT 1 FROM notifications.attempts WHERE notification_id = $1 AND state = 'accepted'";
    expect(await at.rows(held, [parcel.notificationId])).toHaveLength(1);
  }
  await close();
  expect((await at.inbox(ADDRESS)).filter(({ subject }) => subject === 'A word')).toHaveLength(3);
});

test('a mail that a process died over is in doubt, and not sent again by the one that takes over', async () => {
  await using at = await openChannels();
  const malee = await at.person();
  await at.confirmed(malee, ADDRESS);
  const parcel = parcelTo(malee);
  const died = (age: string) =>
    at.rows(
      `INSERT INTO notifications.attempts (notification_id, way, target, provider, state, updated_at)
       VALUES ($1, 'email', '', 'mail_secondary', 'sending', now() - $2::interval)
       ON CONFLICT (notification_id, way, provider, target) DO UPDATE SET updated_at = excluded.updated_at`,
      [parcel.notificationId, age],
    );
  await died('1 second');
  await expect(at.channels.deliver(parcel)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  await died('1 hour');
  expect(await at.channels.deliver(parcel)).toMatchObject({ kind: 'sent', provider: 'mail_secondary' });
  expect((await at.inbox(ADDRESS)).filter(({ subject }) => subject === 'A word')).toEqual([]);
});

test('an address without a mailbox is written to no more, until ops lift that', async () => {
  await using at = await openChannels();
  const [malee, somchai, ops] = [await at.person(), await at.person(), await at.person({ role: 'ops' })];
  for (const person of [malee, somchai]) {
    await at.confirmed(person, ADDRESS);
    const sealed = sealedFor(at, person.userId, 'Nobody@mail.example');
    await at.rows('UPDATE notifications.email_addresses SET sealed = $1 WHERE user_id = $2', [sealed, person.userId]);
  }
  expect(await at.channels.deliver(parcelTo(malee))).toMatchObject({ kind: 'refused' });
  expect(await at.channels.deliver(parcelTo(malee))).toEqual({ kind: 'suppressed' });
  expect(await at.channels.deliver(parcelTo(somchai))).toEqual({ kind: 'suppressed' });
  expect(await at.channels.getEmail(somchai)).toMatchObject({ is_suppressed: true });
  const { suppressions } = await at.channels.findSuppressions(ops, 'nobody@mail.example');
  expect(suppressions).toMatchObject([
    { type: 'email', reason: 'hard_bounce', provider: 'mail_primary', country: 'TH' },
  ]);
  expect(await at.channels.listSuppressions(ops, { limit: 10 })).toMatchObject({ suppressions, next_cursor: null });
  const nobodys = newId<SuppressionId>('TH');
  await expect(at.channels.liftSuppression(ops, nobodys, 'mistake')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await at.channels.liftSuppression(ops, suppressions[0]!.id as SuppressionId, 'mailbox_restored');
  expect((await at.channels.findSuppressions(ops, 'nobody@mail.example')).suppressions).toEqual([]);
  const [audited] = await at.rows<{ actions: string[] }>(
    "SELECT array_agg(data->>'action' ORDER BY event_id) AS actions FROM events.outbox WHERE type = 'audit.recorded'",
  );
  expect(audited?.actions).toEqual(
    expect.arrayContaining([
      'notifications.suppressed',
      'notifications.suppression_lifted',
      'notifications.suppressions_searched',
    ]),
  );
});

/** An address that its own link could not have confirmed, as if its mailbox had changed since. */
function sealedFor(at: Awaited<ReturnType<typeof openChannels>>, userId: string, address: string): Buffer {
  return at.keyring.seal(userId, address);
}
