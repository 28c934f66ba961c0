import { expect, test } from 'vitest';
import { SECOND } from '#shared/time.ts';
import { openChannels, parcelTo, type TestChannels } from './open-channels.ts';

const ADDRESS = 'malee@mail.example';

/** A notification as its sender would have written it, so that reports can change it. */
async function noted(at: TestChannels, parcel: ReturnType<typeof parcelTo>): Promise<void> {
  await at.rows(
    `INSERT INTO notifications.notifications
       (id, recipient_id, origin_id, type, channel, template, variables, data, priority, state, sent_at)
     VALUES ($1, $2, gen_random_uuid(), $3, 'payments', 'payments.money_received', '{}', '{}', 'medium', 'sent', now())`,
    [parcel.notificationId, parcel.recipient.userId, parcel.way],
  );
}

async function stateOf(at: TestChannels, parcel: ReturnType<typeof parcelTo>): Promise<string | undefined> {
  const text = 'SELECT state FROM notifications.notifications WHERE id = $1';
  return (await at.rows<{ state: string }>(text, [parcel.notificationId]))[0]?.state;
}

const eventsOf = async (at: TestChannels, type: string) =>
  (await at.rows("SELECT 1 FROM events.outbox WHERE type = 'notifications.' || $1", [type])).length;

/** A mail that was sent, whose reports come when they are asked for. */
async function mailed(at: TestChannels, address = ADDRESS) {
  const malee = await at.person();
  await at.confirmed(malee, address);
  // Of the mail that asked; what comes from here on is about the other.
  await at.reports('ses', 1);
  await at.fault('ses', 'no_delivery_report', 10);
  const parcel = parcelTo(malee);
  await noted(at, parcel);
  expect(await at.channels.deliver(parcel)).toMatchObject({ kind: 'sent' });
  return parcel;
}

async function said(at: TestChannels, { notificationId }: ReturnType<typeof parcelTo>, body: object) {
  const before = (await at.reports('ses', 0)).length;
  await at.sandbox.call(`/sandbox/mails/${notificationId}/events`, { body });
  return (await at.reports('ses', before + 1)).slice(before);
}

test('a report about mail that is unsigned, forged, altered, old, or of another topic is refused, and changes nothing', async () => {
  await using at = await openChannels();
  const parcel = await mailed(at);
  const [good] = await said(at, parcel, { type: 'Bounce' });
  const message = JSON.parse(good!.body.toString()) as Record<string, string>;
  const altered = (changes: Record<string, string>) => ({
    ...good!,
    body: Buffer.from(JSON.stringify({ ...message, ...changes })),
  });
  const [forged] = await said(at, parcel, { type: 'Bounce', signature: 'bad' });
  const [old] = await said(at, parcel, {
    type: 'Bounce',
    timestamp: new Date(Date.now() - 3700 * SECOND).toISOString(),
  });
  const elsewhere = message['SigningCertURL']!.replace('/ses/', '/other/');
  for (const request of [
    forged!,
    old!,
    altered({ Message: message['Message']!.replace(ADDRESS, 'victim@mail.example') }),
    altered({ TopicArn: 'arn:aws:sns:ap-southeast-1:111111111111:tchat-mail' }),
    altered({ SigningCertURL: elsewhere }),
    altered({ SigningCertURL: `${at.sandbox.url}/ses/../other/key.pem` }),
    altered({ SigningCertURL: 'https://sns.example/key.pem' }),
    altered({ SignatureVersion: '1' }),
  ]) {
    await expect(at.channels.takeReport('ses', request)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  }
  for (const body of ['nonsense', '{}', '[]']) {
    const request = { ...good!, body: Buffer.from(body) };
    await expect(at.channels.takeReport('ses', request)).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  }
  expect(await stateOf(at, parcel)).toBe('sent');
  expect(await at.rows('SELECT FROM notifications.suppressions')).toEqual([]);
  await at.channels.takeReport('ses', good!);
  expect(await stateOf(at, parcel)).toBe('failed');
  expect(await at.rows('SELECT FROM notifications.suppressions')).toHaveLength(1);
});

test('a report about a mail that is none of ours suppresses nobody', async () => {
  await using at = await openChannels();
  const parcel = await mailed(at);
  const [bounce] = await said(at, parcel, { type: 'Bounce' });
  await at.rows('DELETE FROM notifications.attempts');
  await at.channels.takeReport('ses', bounce!);
  expect(await at.rows('SELECT FROM notifications.suppressions')).toEqual([]);
});

test('the same report ten times at once is one change and one event', async () => {
  await using at = await openChannels();
  const parcel = await mailed(at);
  const [report] = await said(at, parcel, { type: 'Delivery' });
  await Promise.all(Array.from({ length: 10 }, () => at.channels.takeReport('ses', report!)));
  expect(await stateOf(at, parcel)).toBe('delivered');
  expect(await eventsOf(at, 'delivered')).toBe(1);
});

test('a mail that arrived stays delivered, whatever comes later; who complains is written to no more', async () => {
  await using at = await openChannels();
  const parcel = await mailed(at);
  const [bounce] = await said(at, parcel, { type: 'Bounce', bounce_type: 'Transient' });
  const [delivery] = await said(at, parcel, { type: 'Delivery' });
  const [complaint] = await said(at, parcel, { type: 'Complaint' });
  for (const report of [delivery!, bounce!, complaint!, delivery!]) await at.channels.takeReport('ses', report);
  expect(await stateOf(at, parcel)).toBe('delivered');
  expect(await eventsOf(at, 'failed')).toBe(0);
  const suppressed = await at.rows('SELECT way, reason FROM notifications.suppressions');
  expect(suppressed).toEqual([{ way: 'email', reason: 'complaint' }]);
});

test('a failure that is reported before it is written down that it was sent is asked for again', async () => {
  await using at = await openChannels();
  const parcel = await mailed(at);
  await at.rows("UPDATE notifications.notifications SET state = 'sending', due_at = now()");
  const [bounce] = await said(at, parcel, { type: 'Bounce' });
  await expect(at.channels.takeReport('ses', bounce!)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  await at.rows("UPDATE notifications.notifications SET state = 'sent', due_at = NULL");
  await at.channels.takeReport('ses', bounce!);
  expect(await stateOf(at, parcel)).toBe('failed');
});

test('after a failure the next provider has it, and after the last one it has failed', async () => {
  await using at = await openChannels();
  const parcel = await mailed(at);
  const [first] = await said(at, parcel, { type: 'Bounce', bounce_type: 'Transient' });
  await Promise.all(Array.from({ length: 5 }, () => at.channels.takeReport('ses', first!)));
  expect(await stateOf(at, parcel)).toBe('waiting');
  expect(await at.channels.deliver(parcel)).toMatchObject({ kind: 'sent', provider: 'mail_secondary' });
  await at.rows("UPDATE notifications.notifications SET state = 'sent', due_at = NULL");
  await at.channels.takeReport('ses', first!);
  expect(await stateOf(at, parcel)).toBe('sent');
  await at.channels.findReport(parcel.notificationId, 'email', 'mail_secondary');
  expect(await stateOf(at, parcel)).toBe('sent');
  await at.rows("UPDATE notifications.attempts SET state = 'failed'");
  await at.channels.findReport(parcel.notificationId, 'email', 'mail_secondary');
  expect(await stateOf(at, parcel)).toBe('failed');
  expect(await at.channels.deliver(parcel)).toMatchObject({ kind: 'refused' });
  expect(await at.inbox(ADDRESS)).toHaveLength(3);
});

test('a topic that asks to be confirmed is, unless somebody else asks', async () => {
  await using at = await openChannels();
  const confirmations = async () => (await at.sandbox.call('/ses/confirmations')).body;
  await at.sandbox.call('/sandbox/mails/subscription', { body: { signature: 'bad' } });
  const [forged] = await at.reports('ses', 1);
  await expect(at.channels.takeReport('ses', forged!)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  expect(await confirmations()).toEqual({ confirmations: 0 });
  await at.sandbox.call('/sandbox/mails/subscription', { body: {} });
  await at.channels.takeReport('ses', (await at.reports('ses', 2))[1]!);
  expect(await confirmations()).toEqual({ confirmations: 1 });
});

test.each(['twilio', 'vonage', 'infobip'] as const)(
  'a report of %s about a text is refused unless it signed it, and taken over once',
  async (provider) => {
    await using at = await openChannels({ SMS_PROVIDERS: provider, SMS_PROVIDERS_BY_COUNTRY: '' });
    const malee = await at.person();
    const parcel = parcelTo(malee, { way: 'sms' });
    await noted(at, parcel);
    expect(await at.channels.deliver(parcel)).toMatchObject({ kind: 'sent', provider });
    const [good] = await at.reports(provider, 1);
    const unsigned = { ...good!, query: '', headers: {} };
    await expect(at.channels.takeReport(provider, unsigned)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    expect(await stateOf(at, parcel)).toBe('sent');
    await Promise.all(Array.from({ length: 10 }, () => at.channels.takeReport(provider, good!)));
    expect(await stateOf(at, parcel)).toBe('delivered');
    expect(await eventsOf(at, 'delivered')).toBe(1);
  },
);

test('a report that overtakes the answer to sending keeps the last word', async () => {
  await using at = await openChannels({ SMS_PROVIDERS: 'twilio', SMS_PROVIDERS_BY_COUNTRY: '' });
  const malee = await at.person();
  const parcel = parcelTo(malee, { way: 'sms' });
  await noted(at, parcel);
  await at.fault('twilio', 'slow');
  const sending = at.channels.deliver(parcel);
  const [report] = await at.reports('twilio', 1);
  await at.channels.takeReport('twilio', report!);
  expect(await sending).toMatchObject({ kind: 'sent' });
  expect(await at.attempts()).toMatchObject([{ state: 'delivered' }]);
  expect(await stateOf(at, parcel)).toBe('delivered');
});
