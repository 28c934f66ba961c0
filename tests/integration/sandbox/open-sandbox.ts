import { generateKeyPairSync } from 'node:crypto';
import { type SandboxOptions, startSandbox } from '#infrastructure/sandbox/sandbox.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import { openReceiver, type Receiver } from './receiver.ts';

export const TWILIO = { accountSid: 'AC1234', authToken: 'a token of Twilio' };
export const VONAGE = { apiKey: 'key', apiSecret: 'a secret of Vonage that is long' };
export const INFOBIP = { apiKey: 'a key of Infobip' };
export const OMISE = { secretKey: 'skey_test_1', webhookSecret: Buffer.from('a webhook secret').toString('base64') };

export const FX = { appId: '0123456789abcdef0123456789abcdef' };
export const STRIPE = { secretKey: 'sk_test_sandbox_key', webhookSecret: 'whsec_of_an_endpoint' };
export const XENDIT = { secretKey: 'xnd_development_key', callbackToken: 'a token of Xendit' };

export const MAIL = {
  accounts: { primary: 'a password of the first', secondary: 'a password of the second' },
  topicArn: 'arn:aws:sns:ap-southeast-1:000000000000:tchat-mail',
};
export const FCM = {
  projectId: 'tchat-test',
  clientEmail: 'push@tchat-test.iam.gserviceaccount.com',
  privateKey: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
};
export const APNS = {
  teamId: 'TEAMTEAM01',
  keyId: 'KEYKEYKEY1',
  topic: 'example.tchat.app',
  privateKey: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
};

export type Reply = { readonly status: number; readonly body: unknown };

type Asked = {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, or as a form when it is URLSearchParams. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
};

export type OpenSandbox = {
  readonly url: string;
  readonly mailUrl: string;
  readonly apnsUrl: string;
  readonly receiver: Receiver;
  readonly call: (path: string, asked?: Asked) => Promise<Reply>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** A sandbox on a free port whose webhooks reach a receiver. */
export async function openSandbox(overrides: Partial<SandboxOptions> = {}): Promise<OpenSandbox> {
  const receiver = await openReceiver();
  const sandbox = await startSandbox({
    host: '127.0.0.1',
    port: 0,
    publicUrl: receiver.url,
    twilio: TWILIO,
    vonage: VONAGE,
    infobip: INFOBIP,
    omise: OMISE,
    stripe: STRIPE,
    xendit: XENDIT,
    mail: { ...MAIL, port: 0 },
    fcm: FCM,
    apns: { ...APNS, port: 0 },
    fx: FX,
    clock: () => new Date(),
    log: quietLog,
    ...overrides,
  });
  return {
    url: sandbox.url,
    mailUrl: sandbox.mailUrl,
    apnsUrl: sandbox.apnsUrl,
    receiver,
    call: async (path, { method, headers = {}, body, signal } = {}) => {
      const form = body instanceof URLSearchParams;
      const response = await fetch(sandbox.url + path, {
        method: method ?? (body === undefined ? 'GET' : 'POST'),
        headers: { ...(body === undefined || form ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body: form ? body : JSON.stringify(body) }),
        ...(signal === undefined ? {} : { signal }),
      });
      const text = await response.text();
      return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
    },
    [Symbol.asyncDispose]: async () => {
      await sandbox.stop();
      await receiver[Symbol.asyncDispose]();
    },
  };
}

export function basic(name: string, password: string): { readonly authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}` };
}

/** Asks Omise for a charge, as our adapter does. */
export function createCharge(
  { call }: OpenSandbox,
  {
    reference,
    key = reference,
    fields = {},
    signal,
  }: {
    readonly reference: string;
    readonly key?: string;
    readonly fields?: Readonly<Record<string, string>>;
    readonly signal?: AbortSignal;
  },
): Promise<Reply> {
  const form = new URLSearchParams({
    amount: '10000',
    currency: 'thb',
    'source[type]': 'promptpay',
    'metadata[reference]': reference,
    ...fields,
  });
  const headers = { ...basic(OMISE.secretKey, ''), 'idempotency-key': key };
  return call('/omise/charges', { body: form, headers, ...(signal === undefined ? {} : { signal }) });
}

/** Hands Twilio a text, as our adapter does. */
export function sendByTwilio(
  { call, receiver }: OpenSandbox,
  { to, fields = {} }: { readonly to: string; readonly fields?: Readonly<Record<string, string>> },
): Promise<Reply> {
  const form = new URLSearchParams({
    To: to,
    From: 'Tchat',
    Body: 'Your code is 123456',
    StatusCallback: `${receiver.url}/reports/twilio?id=1`,
    ...fields,
  });
  return call(`/twilio/2010-04-01/Accounts/${TWILIO.accountSid}/Messages.json`, {
    body: form,
    headers: { ...basic(TWILIO.accountSid, TWILIO.authToken), 'x-tchat-locale': 'th' },
  });
}
