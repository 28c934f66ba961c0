import { createServer } from 'node:net';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { chosenPort } from '#infrastructure/local/processes/free-port.ts';
import { makeInfobip } from '#infrastructure/sms/infobip.ts';
import { makeTwilio } from '#infrastructure/sms/twilio.ts';
import { makeTwilioVoice } from '#infrastructure/sms/twilio-voice.ts';
import { makeVonage } from '#infrastructure/sms/vonage.ts';
import type { Sms, SmsProvider } from '#services/auth/ports.ts';
import type { ChallengeId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { INFOBIP, type OpenSandbox, openSandbox, TWILIO, VONAGE } from '../sandbox/open-sandbox.ts';

type Make = (url: string, reportUrl: string) => SmsProvider;

const EVERY_PROVIDER: readonly [SmsProvider['name'], Make, string][] = [
  ['twilio', (url, reportUrl) => makeTwilio({ baseUrl: `${url}/twilio`, ...TWILIO, reportUrl }), '+6621234567'],
  [
    'vonage',
    (url, reportUrl) => makeVonage({ baseUrl: `${url}/vonage`, ...VONAGE, reportUrl, clock: () => new Date() }),
    'nonsense',
  ],
  ['infobip', (url, reportUrl) => makeInfobip({ baseUrl: `${url}/infobip`, ...INFOBIP, reportUrl }), 'nonsense'],
  [
    'twilio_voice',
    (url, reportUrl) =>
      makeTwilioVoice({ baseUrl: `${url}/twilio`, ...TWILIO, reportUrl, callerNumber: '+15005550006' }),
    '+1',
  ],
];

function sms(to = '+66812345678'): Sms {
  return { to, text: 'Tchat: 123456', code: '123456', locale: 'en', reference: newId<ChallengeId>('TH') };
}

const at = (sandbox: OpenSandbox, make: Make) => make(sandbox.url, `${sandbox.receiver.url}/reports`);
const fault = (sandbox: OpenSandbox, target: string, kind: string) =>
  sandbox.call('/sandbox/faults', { body: { target, kind, count: 1 } });

test.each(EVERY_PROVIDER)('%s that refuses a number is not to blame for it', async (_name, make, number) => {
  await using sandbox = await openSandbox();
  expect(await at(sandbox, make).send(sms(number))).toMatchObject({ outcome: 'refused', blame: 'message' });
});

test.each(EVERY_PROVIDER)(
  '%s that refuses our password, or is not there at all, does not have the text',
  async (name, make) => {
    await using sandbox = await openSandbox({
      twilio: { ...TWILIO, authToken: 'another token' },
      vonage: { ...VONAGE, apiSecret: 'another secret that is as long' },
      infobip: { apiKey: 'another key' },
    });
    const refused = await at(sandbox, make).send(sms());
    expect(refused).toEqual({ outcome: 'refused', blame: 'provider', reason: 'answered 401' });
    const nowhere = make(`http://127.0.0.1:${await chosenPort(0)}`, 'http://127.0.0.1/reports');
    expect(await nowhere.send(sms())).toMatchObject({ outcome: 'refused', blame: 'provider' });
    if (nowhere.find !== undefined) expect(await nowhere.find(sms())).toEqual({ outcome: 'unknown' });
    expect(name).toBe(nowhere.name);
  },
);

test.each(EVERY_PROVIDER)(
  'of %s that breaks, or breaks the connection, nobody knows whether it has the text',
  async (name, make) => {
    await using sandbox = await openSandbox();
    const provider = at(sandbox, make);
    for (const kind of ['error', 'reset_after_commit']) {
      await fault(sandbox, name, kind);
      expect(await provider.send(sms())).toMatchObject({ outcome: 'unknown' });
    }
  },
);

test.each(EVERY_PROVIDER)(
  '%s that answers in no known form, or with a redirect, is not believed',
  async (_name, make) => {
    const answers = [
      'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}',
      'HTTP/1.1 302 Found\r\nlocation: /\r\ncontent-length: 0\r\n\r\n',
    ];
    for (const answer of answers) {
      const server = createServer((socket) => void socket.once('data', () => socket.end(answer)));
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      expect(await make(`http://127.0.0.1:${port}`, 'http://127.0.0.1/reports').send(sms())).toMatchObject({
        outcome: 'unknown',
      });
      server.close();
      await once(server, 'close');
    }
  },
);
