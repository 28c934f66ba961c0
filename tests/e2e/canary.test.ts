import { randomInt, randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makePayloadCodec } from '#infrastructure/temporal/payload-codec.ts';
import { appealSuspension, readAccount, suspendUser } from '#shared/contracts/auth/account-life.ts';
import { blockUser, reportUser } from '#shared/contracts/auth/contacts.ts';
import { sendOtp, verifyOtp } from '#shared/contracts/auth/otp.ts';
import { requestExport } from '#shared/contracts/auth/privacy.ts';
import { setPin, stepUp } from '#shared/contracts/auth/step-up.ts';
import { lookUpUsers, updateProfile } from '#shared/contracts/auth/user.ts';
import { CancelOrder, GetOrder, PlaceOrder } from '#shared/contracts/commerce/order-calls.ts';
import { RegisterDevice } from '#shared/contracts/notifications/devices.ts';
import { SetEmail } from '#shared/contracts/notifications/email.ts';
import { uploadMedia } from '#shared/contracts/media.ts';
import { openDialog, searchMessages, sendMessage } from '#shared/contracts/messaging.ts';
import { createDeposit } from '#shared/contracts/payments/deposits.ts';
import { createWallet } from '#shared/contracts/payments/wallets.ts';
import { GetKycStatus, SubmitKyc } from '#shared/contracts/verification/kyc.ts';
import type { TchatClient } from '#client/tchat-client.ts';
import { until } from '#tests/chaos/patience.ts';
import type { Resident } from '#tests/chaos/town.ts';
import { engines } from '#tests/harness/engines.ts';
import { seed } from '#tests/harness/seed.ts';
import { digits, foundIn, type Needle, needle } from './canary/forms.ts';
import { asSuperuser, searchDatabase } from './canary/search-database.ts';
import { searchFiles } from './canary/search-files.ts';
import { searchRedis } from './canary/search-redis.ts';
import { searchTemporal } from './canary/search-temporal.ts';
import { openStage, type Stage } from './stage.ts';

/** What nobody but its owner, and the tables that are meant for it, may know. */
const PLANTED = {
  number: `81${String(randomInt(10_000_000)).padStart(7, '0')}`,
  name: 'Quetzalina Brandywine-Okonkwo',
  words: 'the password is under the blue ceramic frog ฝากไว้ใต้กบ',
  street: '1313 Nasturtium Crescent, flat Ω',
  orderWords: 'my sister Persephone is allergic to it',
  blockWords: 'he keeps calling me Rumpelstilz',
  reportWords: 'she sold me a broken theremin',
  suspendWords: 'ordered by Inspector Vermeulen-Szabo',
  appealWords: 'I never met Inspector Vermeulen',
  legalName: 'Quetzalina Hortensia Okonkwo',
  document: '3100600445635',
  file: 'a scan of the birth certificate of Quetzalina',
  device: 'canary-device-7f3a',
  app: '7.7.7-canary',
  agent: 'CanaryBrowser/1.2 (Nasturtium)',
  pin: '864209',
  mailbox: 'quetzalina.hortensia@nasturtium.example',
  pushToken: 'canary-push-token-9c41e7',
} as const;
const PHONE = `+66${PLANTED.number}`;

/** The tables that are meant to hold a thing, and nothing else may. */
const MEANT: Readonly<Record<string, readonly string[]>> = {
  'the phone number': ['auth.accounts', 'auth.otp_numbers', 'auth.otp_challenges', 'commerce.shipping'],
  'the name': ['auth.accounts', 'commerce.shipping'],
  'the street': ['commerce.shipping'],
  'words on an order': ['commerce.order_words'],
  'words on a block': ['auth.blocks'],
  'words on a report': ['auth.reports'],
  'words of ops': ['auth.account_changes'],
  'words of an appeal': ['auth.appeals'],
  'the device': ['auth.devices', 'auth.sessions'],
  'the app': ['auth.sessions'],
  'the browser': ['auth.sessions', 'auth.devices'],
};

let stage: Stage;
const needles: Needle[] = [
  needle('the phone number', PHONE.slice(1)),
  needle('the name', PLANTED.name),
  needle('the message', PLANTED.words),
  needle('the street', PLANTED.street),
  needle('words on an order', PLANTED.orderWords),
  needle('words on a block', PLANTED.blockWords),
  needle('words on a report', PLANTED.reportWords),
  needle('words of ops', PLANTED.suspendWords),
  needle('words of an appeal', PLANTED.appealWords),
  needle('the legal name', PLANTED.legalName),
  needle('the document', PLANTED.document),
  needle('the file', PLANTED.file),
  needle('the device', PLANTED.device),
  needle('the app', PLANTED.app),
  needle('the browser', PLANTED.agent),
  needle('the mail address', PLANTED.mailbox),
  needle('the push token', PLANTED.pushToken),
  digits('the PIN', PLANTED.pin),
];

beforeAll(async () => {
  stage = await openStage({ settings: { LOG_LEVEL: 'debug', OTP_FALLBACK_AFTER: 'PT1S' } });
  await live();
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  await rm(stage.cluster.env['MEDIA_DIR']!, { recursive: true, force: true });
});

async function sandbox(path: string, body?: object): Promise<unknown> {
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const response = await fetch(`${stage.cluster.sandboxUrl}/sandbox${path}`, {
    ...init,
    headers: { 'content-type': 'application/json' },
  });
  return await response.json();
}

/** The newest code that has come, once it is another than these. */
async function code(...known: readonly string[]): Promise<string> {
  return await until('a code has come', async () => {
    const inbox = (await sandbox(`/inbox?to=${encodeURIComponent(PHONE)}`)) as { text: string }[];
    const newest = inbox.map(({ text }) => /\b\d{6}\b/.exec(text)?.[0]).find((text) => text !== undefined);
    return newest === undefined || known.includes(newest) ? undefined : newest;
  });
}

/** A raw request, as anything may send it. */
async function raw(path: string, token: string | undefined, body: string): Promise<number> {
  const response = await fetch(`${stage.cluster.gatewayUrl}/api/v1${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': PLANTED.agent,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body,
  });
  await response.arrayBuffer();
  return response.status;
}

/** Someone logs in, talks, buys, is verified, is reported and suspended, and things go wrong on the way. */
async function live(): Promise<void> {
  const { town } = stage;
  const [friend] = (await town.residents(1, '0.00')) as [Resident];
  const stall = await town.stall(5);
  const me = town.clientOf({ tokens: { access_token: '', refresh_token: '', expires_in: 0 } });
  const phone = { phone_number: PHONE, country_code: 'TH' } as const;

  // The first provider is away, so that the fallback and its warnings have a part in it.
  await sandbox('/faults', { target: 'twilio', kind: 'error', count: 1 });
  await me.call(sendOtp, { body: phone });
  const first = await code();
  needles.push(digits('a code', first));
  const wrong = { ...phone, otp_code: first === '111111' ? '222222' : '111111' };
  await expect(me.call(verifyOtp, { body: wrong })).rejects.toThrow();
  const device = { device_id: PLANTED.device, platform: 'web', app_version: PLANTED.app } as const;
  const login = await fetch(`${stage.cluster.gatewayUrl}/api/v1/auth/otp/verify`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': PLANTED.agent },
    body: JSON.stringify({ ...phone, otp_code: first, device_info: device }),
  });
  const tokens = (await login.json()) as {
    access_token: string;
    refresh_token: string;
    expires_in: number;
    user: { id: string };
  };
  needles.push(needle('an access token', tokens.access_token.split('.')[2]!));
  needles.push(needle('a refresh token', tokens.refresh_token));
  const client = town.clientOf({ tokens });
  const userId = tokens.user.id as Resident['id'];

  await client.call(updateProfile, { body: { display_name: PLANTED.name } });
  await client.call(setPin, { body: { pin: PLANTED.pin } });
  await expect(client.call(stepUp, { body: { pin: '135790' } })).rejects.toThrow();
  const { body: proof } = await client.call(stepUp, { body: { pin: PLANTED.pin } });
  needles.push(needle('a step-up token', proof.step_up_token.split('.')[2]!));
  await friend.client.call(lookUpUsers, { body: { phone_numbers: [PHONE] } });

  await chat(client, friend);
  await beReached(client);
  await trade(client, stall);
  await verify(client);

  await friend.client.call(reportUser, { params: { id: userId }, body: { reason: PLANTED.reportWords } });
  await friend.client.call(blockUser, { params: { id: userId }, body: { reason: PLANTED.blockWords } });
  await client.call(requestExport, {});
  for (const body of [`{"phone_number":"${PHONE}",`, JSON.stringify({ ...phone, display_name: PLANTED.name })]) {
    expect(await raw('/auth/otp/send', undefined, body)).toBe(400);
    expect(await raw('/dialogs', tokens.access_token, body)).toBe(400);
  }
  expect(await raw(`/users/lookup?of=${encodeURIComponent(PHONE)}`, tokens.access_token, '{}')).toBe(400);
  await suspend(userId, phone, first);
}

async function chat(client: TchatClient, friend: Resident): Promise<void> {
  const { body: dialog } = await client.call(openDialog, { body: { type: 'direct', participant_ids: [friend.id] } });
  const caughtUp = new Promise<void>((resolve) => void client.on('caught-up', () => resolve()));
  client.connect();
  await caughtUp;
  await client.send(dialog.id, { message_type: 'text', content: PLANTED.words });
  const params = { params: { id: dialog.id } };
  await client.call(sendMessage, { ...params, body: { message_type: 'text', content: PLANTED.words } });
  const found = () => client.call(searchMessages, { query: { q: 'ceramic frog' } });
  await until('the message is found', async () => (await found()).body.messages.length === 2);
  const bytes = new Uint8Array(Buffer.from(PLANTED.file));
  const { body: file } = await client.call(uploadMedia, { query: { purpose: 'message' }, body: bytes });
  const metadata = { media_id: file.media_id, file_name: `${PLANTED.words}.txt` };
  await client.call(sendMessage, { ...params, body: { message_type: 'file', metadata } });
}

/** Someone says where they are pushed to and read mail, and follows the link that is sent there. */
async function beReached(client: TchatClient): Promise<void> {
  await client.call(RegisterDevice, { body: { platform: 'fcm', token: PLANTED.pushToken } });
  await client.call(SetEmail, { body: { address: PLANTED.mailbox } });
  const link = await until('the mail that asks has come', async () => {
    const inbox = (await sandbox(`/inbox?to=${encodeURIComponent(PLANTED.mailbox)}`)) as { text: string }[];
    return /https?:\/\/\S+token=[\w.-]+/.exec(inbox[0]?.text ?? '')?.[0];
  });
  needles.push(needle('what a link brings back', link.split('.').at(-1)!));
  expect((await fetch(link)).status).toBe(200);
  expect((await fetch(link, { method: 'POST' })).status).toBe(200);
}

async function trade(client: TchatClient, stall: Awaited<ReturnType<Stage['town']['stall']>>): Promise<void> {
  const { body: wallet } = await client.call(createWallet, { body: { currency: 'THB' } });
  const deposit = { amount: '300.00', payment_method: 'promptpay' };
  const { body: paid } = await client.call(createDeposit, {
    params: { id: wallet.id },
    body: deposit,
    idempotencyKey: randomUUID(),
  });
  await until('the gateway knows the charge', async () => {
    return ((await sandbox(`/charges?reference=${paid.id}`)) as unknown[]).length > 0;
  });
  await sandbox(`/charges/${paid.id}/settle`, {});
  const address = {
    name: PLANTED.name,
    phone: PHONE,
    street: PLANTED.street,
    city: 'Bangkok',
    state: 'Bangkok',
    postal_code: '10500',
    country: 'TH',
  } as const;
  const { body: order } = await until('the order is placed', () =>
    client
      .call(PlaceOrder, {
        body: {
          shop_id: stall.shopId,
          items: [{ product_id: stall.productId, quantity: 1 }],
          currency: 'THB',
          wallet_id: wallet.id,
          shipping_address: address,
        },
        idempotencyKey: randomUUID(),
      })
      .catch(() => undefined),
  );
  const params = { id: order.id };
  await stall.merchant.client.call(GetOrder, { params });
  await until('the order is cancelled', async () => {
    const cancelled = await client
      .call(CancelOrder, { params, body: { reason: PLANTED.orderWords } })
      .catch(() => undefined);
    return cancelled?.body.status === 'cancelled';
  });
}

async function verify(client: TchatClient): Promise<void> {
  await sandbox('/faults', { target: 'registry', kind: 'error', count: 1 });
  const document = { type: 'national_id', number: PLANTED.document, country: 'TH' } as const;
  await client.call(SubmitKyc, {
    body: { tier: 1, full_name: PLANTED.legalName, date_of_birth: '1990-05-17', documents: [document] },
    idempotencyKey: randomUUID(),
  });
  await until('the case is decided', async () => {
    const { body } = await client.call(GetKycStatus, {});
    return body.tier === 1;
  });
}

async function suspend(userId: Resident['id'], phone: { phone_number: string; country_code: 'TH' }, known: string) {
  const [staff] = await seed(stage.cluster.env, { users: 1, role: 'ops' });
  const ops = stage.town.clientOf({ tokens: { ...staff!, expires_in: 3_600 } });
  const params = { id: userId };
  await ops.call(suspendUser, { params, body: { reason: PLANTED.suspendWords } });
  await ops.call(readAccount, { params });
  const anyone = stage.town.clientOf({ tokens: { access_token: '', refresh_token: '', expires_in: 0 } });
  const sent = await until('another code is sent', () => anyone.call(sendOtp, { body: phone }).catch(() => undefined));
  expect(sent.status).toBe(200);
  const second = await code(known);
  needles.push(digits('another code', second));
  const appeal = { ...phone, otp_code: second, statement: PLANTED.appealWords };
  await anyone.call(appealSuspension, { body: appeal });
}

describe('what was planted is nowhere but where it is meant to be', () => {
  test('in no table but those that are meant for it', async () => {
    expect(await stage.bookFaults()).toEqual([]);
    const found = await searchDatabase(asSuperuser(stage.db.ownerUrl), needles);
    const elsewhere = found.filter((line) => {
      const [table, thing] = line.split(': ') as [string, string];
      return MEANT[thing]?.includes(table) !== true;
    });
    expect(elsewhere).toEqual([]);
    // The search would find it: in each table that is meant for a thing, it is.
    expect(found).toEqual(
      expect.arrayContaining(['auth.accounts: the phone number', 'commerce.order_words: words on an order']),
    );
  });

  test('in no log of any role, of the outside world’s stand-in neither, at its most talkative', async () => {
    const found = await searchFiles(stage.cluster.logFolder, needles);
    expect(found).toEqual([]);
    const said = await searchFiles(stage.cluster.logFolder, [needle('a call', '"call":"verifyOtp"')]);
    expect(said).toEqual(['gateway.log: a call']);
  });

  test('in no history, search attribute or memo of a workflow, read with the key or without', async () => {
    const { TASK_QUEUE_PREFIX: taskQueuePrefix, TEMPORAL_CODEC_KEY: keys } = stage.cluster.env;
    const codec = makePayloadCodec(keys!.split(','));
    const options = { address: engines.temporal, taskQueuePrefix: taskQueuePrefix!, codec };
    const { found, workflows } = await searchTemporal(options, needles);
    expect(found).toEqual([]);
    for (const kind of ['otp-', 'payment-', 'order-', 'export-', 'kyc-']) {
      expect(
        workflows.some((id) => id.startsWith(kind)),
        kind,
      ).toBe(true);
    }
  });

  test('in no key and no value in Redis', async () => {
    expect(await searchRedis(engines.redis, needles)).toEqual([]);
    const ours = needle('a key of ours', stage.cluster.env['REDIS_PREFIX']!);
    expect(await searchRedis(engines.redis, [ours])).not.toEqual([]);
  });

  test('in no metric of any process', async () => {
    const { gatewayUrl, realtimeUrls, workerUrl } = stage.cluster;
    for (const url of [gatewayUrl, ...realtimeUrls, workerUrl]) {
      const text = await (await fetch(`${url}/metrics`)).text();
      expect(text).toContain('# HELP');
      expect([url, foundIn(text, needles)]).toEqual([url, []]);
    }
  });

  test('in no file, of people or of the audit, that anybody could read', async () => {
    for (const setting of ['MEDIA_DIR', 'AUDIT_HEADS_DIR']) {
      expect(await searchFiles(stage.cluster.env[setting]!, needles)).toEqual([]);
    }
  });

  test('in no log of Postgres or Temporal', async () => {
    const client = new Client({ connectionString: engines.postgres });
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory').finally(() => client.end());
    // <engines>/postgres/<data>, or one folder less; the logs are beside them.
    const folders = [dirname(rows[0]!.data_directory), dirname(dirname(rows[0]!.data_directory))];
    const logs = folders.map((folder) => join(folder, 'logs'));
    const search = async (wanted: readonly Needle[]) =>
      (await Promise.all(logs.map((folder) => searchFiles(folder, wanted)))).flat();
    expect(await search([needle('a line', 'database system is ready')])).not.toEqual([]);
    const found = await search(needles);
    expect(found).toEqual([]);
  });
});
