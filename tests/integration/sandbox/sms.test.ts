import { createHash, createHmac } from 'node:crypto';
import { jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import { basic, type OpenSandbox, openSandbox, sendByTwilio, TWILIO, VONAGE } from './open-sandbox.ts';
import type { Received } from './receiver.ts';

const PHONE = '+66812345678';

async function firstReport({ receiver }: OpenSandbox): Promise<Received> {
  await expect.poll(() => receiver.received.length, { timeout: 10_000 }).toBe(1);
  return receiver.received[0]!;
}

test('Twilio and Vonage refuse a wrong password in their own words', async () => {
  await using sandbox = await openSandbox();
  const twilio = await sandbox.call('/twilio/2010-04-01/Accounts/AC1234/Messages.json', {
    body: new URLSearchParams({ To: PHONE, From: 'Tchat', Body: 'hello' }),
    headers: basic(TWILIO.accountSid, 'wrong'),
  });
  expect(twilio).toMatchObject({ status: 401, body: { code: 20003, status: 401 } });
  const vonage = await sandbox.call('/vonage/v1/messages', { body: {}, headers: basic(VONAGE.apiKey, 'wrong') });
  expect(vonage).toMatchObject({ status: 401, body: { type: expect.stringContaining('#unauthorized') } });
});

test.each([
  ['no recipient', { To: '' }, 21604],
  ['a recipient that is no number', { To: '0812345678' }, 21211],
  ['a landline', { To: '+6621234567' }, 21614],
  ['no sender', { From: '' }, 21603],
  ['no text', { Body: '' }, 21602],
  ['a text that is too long', { Body: 'x'.repeat(1601) }, 21617],
  ['a callback that is no URL', { StatusCallback: 'nonsense' }, 21609],
])('Twilio refuses %s and delivers nothing', async (_what, fields, code) => {
  await using sandbox = await openSandbox();
  const refused = await sendByTwilio(sandbox, { to: PHONE, fields });
  expect(refused).toMatchObject({ status: 400, body: { code, status: 400 } });
  const inbox = await sandbox.call('/sandbox/inbox?to=%2B66812345678');
  expect(inbox.body).toEqual([]);
});

test('a text sent by Twilio reaches the inbox, and its report is signed over the URL and the fields', async () => {
  await using sandbox = await openSandbox();
  const sent = await sendByTwilio(sandbox, { to: PHONE });
  expect(sent).toMatchObject({
    status: 201,
    body: { sid: expect.stringMatching(/^SM[0-9a-f]{32}$/), status: 'queued' },
  });
  const inbox = await sandbox.call('/sandbox/inbox?to=%2B66812345678');
  expect(inbox.body).toEqual([
    {
      channel: 'sms',
      provider: 'twilio',
      to: PHONE,
      text: 'Your code is 123456',
      locale: 'th',
      received_at: expect.stringMatching(/^\d{4}-.*Z$/),
    },
  ]);

  const report = await firstReport(sandbox);
  expect(report.path).toBe('/reports/twilio?id=1');
  const fields = new URLSearchParams(report.body);
  expect(fields.get('MessageSid')).toBe((sent.body as { sid: string }).sid);
  expect(fields.get('MessageStatus')).toBe('delivered');
  const signed = [...fields].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => name + value);
  const signature = createHmac('sha1', TWILIO.authToken)
    .update(`${sandbox.receiver.url}/reports/twilio?id=1${signed.join('')}`)
    .digest('base64');
  expect(report.headers['x-twilio-signature']).toBe(signature);
});

test('Vonage refuses a message that lacks a field and names it', async () => {
  await using sandbox = await openSandbox();
  const refused = await sandbox.call('/vonage/v1/messages', {
    body: { message_type: 'text', channel: 'sms', to: '66812345678', from: 'Tchat' },
    headers: basic(VONAGE.apiKey, VONAGE.apiSecret),
  });
  expect(refused).toMatchObject({ status: 422, body: { detail: expect.stringContaining('text') } });
});

test('a text sent by Vonage reaches the inbox, and its report is a JWT that holds the hash of the body', async () => {
  await using sandbox = await openSandbox();
  const sent = await sandbox.call('/vonage/v1/messages', {
    body: {
      message_type: 'text',
      channel: 'sms',
      to: '66812345678',
      from: 'Tchat',
      text: 'Your code is 654321',
      client_ref: 'challenge-1',
      webhook_url: `${sandbox.receiver.url}/reports/vonage`,
    },
    headers: { ...basic(VONAGE.apiKey, VONAGE.apiSecret), 'x-tchat-locale': 'vi' },
  });
  expect(sent).toMatchObject({ status: 202, body: { message_uuid: expect.stringMatching(/^[0-9a-f-]{36}$/) } });
  const inbox = await sandbox.call('/sandbox/inbox?to=%2B66812345678');
  expect(inbox.body).toMatchObject([{ provider: 'vonage', text: 'Your code is 654321', locale: 'vi' }]);

  const report = await firstReport(sandbox);
  expect(report.path).toBe('/reports/vonage');
  expect(JSON.parse(report.body)).toMatchObject({
    message_uuid: (sent.body as { message_uuid: string }).message_uuid,
    status: 'delivered',
    to: '66812345678',
    client_ref: 'challenge-1',
  });
  const token = report.headers.authorization?.replace('Bearer ', '') ?? '';
  const { payload } = await jwtVerify(token, new TextEncoder().encode(VONAGE.apiSecret), { issuer: 'Vonage' });
  expect(payload).toMatchObject({
    api_key: VONAGE.apiKey,
    payload_hash: createHash('sha256').update(report.body).digest('hex'),
    jti: expect.any(String),
  });
});

test('the newest message comes first, and only those to that person', async () => {
  await using sandbox = await openSandbox();
  await sendByTwilio(sandbox, { to: PHONE, fields: { Body: 'one' } });
  await sendByTwilio(sandbox, { to: '+66812345679', fields: { Body: 'to another' } });
  await sendByTwilio(sandbox, { to: PHONE, fields: { Body: 'two' } });
  const inbox = await sandbox.call('/sandbox/inbox?to=%2B66812345678');
  expect(inbox.body).toMatchObject([{ text: 'two' }, { text: 'one' }]);
});

test('a callback is signed for the public URL and sent to where that is reached', async () => {
  await using behind = await openSandbox();
  await using sandbox = await openSandbox({
    publicUrl: 'https://tchat.example',
    callbackUrl: behind.receiver.url,
  });
  await sendByTwilio(sandbox, { to: PHONE, fields: { StatusCallback: 'https://tchat.example/reports/twilio' } });
  const report = await firstReport(behind);
  expect(report.path).toBe('/reports/twilio');
  expect(report.headers.host).toBe('tchat.example');
  const signed = [...new URLSearchParams(report.body)].sort(([a], [b]) => (a < b ? -1 : 1));
  const signature = createHmac('sha1', TWILIO.authToken)
    .update(`https://tchat.example/reports/twilio${signed.map(([name, value]) => name + value).join('')}`)
    .digest('base64');
  expect(report.headers['x-twilio-signature']).toBe(signature);
});
