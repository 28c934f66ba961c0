import { expect, test } from 'vitest';
import { makeOmise } from '#infrastructure/gateways/omise.ts';
import { makeInfobip } from '#infrastructure/sms/infobip.ts';
import { makeTwilio } from '#infrastructure/sms/twilio.ts';
import { makeTwilioVoice } from '#infrastructure/sms/twilio-voice.ts';
import { makeVonage } from '#infrastructure/sms/vonage.ts';
import type { ProviderRequest, SmsProvider } from '#services/auth/ports.ts';
import type { ChallengeId, TransactionId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { INFOBIP, OMISE, type OpenSandbox, openSandbox, TWILIO, VONAGE } from './open-sandbox.ts';

/** Providers speak to the product's own adapters here: whatever one side changes, the other must follow. */
const clock = () => new Date();

async function nextRequest({ receiver }: OpenSandbox, count = 1): Promise<ProviderRequest> {
  await expect.poll(() => receiver.received.length, { timeout: 10_000 }).toBe(count);
  const { path, headers, body } = receiver.received[count - 1]!;
  const query = path.split('?')[1] ?? '';
  return { headers: headers as ProviderRequest['headers'], query, body: Buffer.from(body) };
}

const smsProviders: readonly [string, (sandbox: OpenSandbox) => SmsProvider][] = [
  [
    'twilio',
    ({ url, receiver }) =>
      makeTwilio({ baseUrl: `${url}/twilio`, ...TWILIO, reportUrl: `${receiver.url}/api/v1/auth/webhooks/twilio` }),
  ],
  [
    'vonage',
    ({ url, receiver }) =>
      makeVonage({
        baseUrl: `${url}/vonage`,
        ...VONAGE,
        reportUrl: `${receiver.url}/api/v1/auth/webhooks/vonage`,
        clock,
      }),
  ],
  [
    'infobip',
    ({ url, receiver }) =>
      makeInfobip({ baseUrl: `${url}/infobip`, ...INFOBIP, reportUrl: `${receiver.url}/api/v1/auth/webhooks/infobip` }),
  ],
  [
    'twilio_voice',
    ({ url, receiver }) =>
      makeTwilioVoice({
        baseUrl: `${url}/twilio`,
        ...TWILIO,
        reportUrl: `${receiver.url}/api/v1/auth/webhooks/twilio_voice`,
        callerNumber: '+15005550006',
      }),
  ],
];

test.each(smsProviders)(
  'a text sent through the adapter of %s arrives, and its report is understood',
  async (name, make) => {
    await using sandbox = await openSandbox();
    const provider = make(sandbox);
    const reference = newId<ChallengeId>('TH');
    const sms = { to: '+66812345678', text: 'รหัส 123456', code: '123456', locale: 'th', reference } as const;
    const messageId = expect.stringMatching(/./) as string;
    const handed = await provider.send(sms);
    expect(handed).toEqual({ outcome: 'accepted', messageId });
    expect((await sandbox.call('/sandbox/inbox?to=%2B66812345678')).body).toMatchObject([
      { channel: provider.channel, provider: name, text: 'รหัส 123456', locale: 'th' },
    ]);
    const absent = { ...sms, to: '+66812345679', reference: newId<ChallengeId>('TH') };
    expect([await provider.find?.(sms), await provider.find?.(absent)]).toEqual(
      provider.find === undefined
        ? [undefined, undefined]
        : [{ outcome: 'found', messageId: expect.any(String) }, { outcome: 'absent' }],
    );
    const request = await nextRequest(sandbox);
    expect(await provider.readReport(request)).toEqual({ reference, messageId, status: 'delivered' });
    const forged = {
      ...request,
      query: request.query.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
      body: Buffer.from(
        Buffer.from(request.body)
          .toString()
          .replace(/delivered|completed/, 'failed'),
      ),
    };
    await expect(provider.readReport(forged)).rejects.toThrow('The signature does not fit');
  },
);

test('a charge made through the adapter of Omise is found, fetched, told of and expired', async () => {
  await using sandbox = await openSandbox();
  const gateway = makeOmise({ baseUrl: `${sandbox.url}/omise`, ...OMISE });
  const askedAt = new Date();
  const charge = (reference: TransactionId) => ({
    reference,
    money: { minor: 12_345n, currency: 'THB' } as const,
    method: 'mobile_banking_scb',
    description: undefined,
    returnUrl: 'https://tchat.example/back',
  });
  const paid = newId<TransactionId>('core');
  const created = await gateway.create(charge(paid));
  expect(created).toMatchObject({ reference: paid, status: 'pending', money: { minor: 12_345n, currency: 'THB' } });
  expect(await gateway.create(charge(paid))).toEqual(created);
  expect(await gateway.find(paid, askedAt)).toEqual(created);
  expect(await gateway.find(newId<TransactionId>('core'), askedAt)).toBeUndefined();

  await sandbox.call(`/sandbox/charges/${paid}/settle`, { method: 'POST' });
  const { headers, body } = await nextRequest(sandbox);
  const report = await gateway.readWebhook(headers, body, new Date());
  expect(report.charge).toEqual({ ...created, status: 'paid' });

  const left = await gateway.create(charge(newId<TransactionId>('core')));
  if ('failure' in left && !('id' in left)) throw new Error('the sandbox declines no charge');
  expect((await gateway.expire(left.id))?.status).toBe('expired');
  const told = await nextRequest(sandbox, 2);
  expect((await gateway.readWebhook(told.headers, told.body, new Date())).charge?.status).toBe('expired');
});
