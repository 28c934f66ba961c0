import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TchatClient } from '#client/tchat-client.ts';
import { sendOtp } from '#shared/contracts/auth/otp.ts';
import { logOut } from '#shared/contracts/auth/sessions.ts';
import { readProfile } from '#shared/contracts/auth/user.ts';
import { listDialogs } from '#shared/contracts/messaging.ts';
import { createTransfer } from '#shared/contracts/payments/transfers.ts';
import { listWallets } from '#shared/contracts/payments/wallets.ts';
import { AppError } from '#shared/errors.ts';
import type { DialogId } from '#shared/ids.ts';
import { chatFaults, type ChatLoad, type Ear, listen, startChat } from '#tests/chaos/chat-load.ts';
import { LoadLog } from '#tests/chaos/load-log.ts';
import { until } from '#tests/chaos/patience.ts';
import type { Resident } from '#tests/chaos/town.ts';
import { openOwnRedis, type OwnRedis } from '../integration/realtime/own-redis.ts';
import { openStage, type Stage } from './stage.ts';

let redis: OwnRedis;
let stage: Stage;
let members: readonly Resident[];
let dialogId: DialogId;
let ears: readonly Ear[];
let chat: ChatLoad;
const log = new LoadLog();
beforeAll(async () => {
  redis = await openOwnRedis();
  stage = await openStage({ settings: { REDIS_URL: redis.url } });
  members = await stage.town.residents(4, '1000.00');
  dialogId = await stage.town.group(members);
  ears = await listen(members, dialogId);
  chat = startChat(members, dialogId, log);
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  await redis[Symbol.asyncDispose]();
});

async function codeOf(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof AppError ? error.code : 'none';
}

/** Everyone has heard something that was said from now on, over both nodes. */
async function everybodyHears(): Promise<void> {
  const before = Math.max(...ears.map(({ heard }) => heard.length));
  await until('everybody hears what is said now', async () => ears.every(({ heard }) => heard.length > before));
}

let numbers = 20_000_000;

function askForCode(client: TchatClient): Promise<unknown> {
  numbers += 1;
  return client.call(sendOtp, { body: { phone_number: `08${numbers}`, country_code: 'TH' } });
}

/** Someone whose session ended, and who keeps the token. */
async function loggedOut(): Promise<Resident> {
  const [resident] = await stage.town.residents(1, '0.00');
  await resident!.client.call(logOut, {});
  return resident!;
}

/** What the gateway and both nodes say to a token. */
async function refusals({ tokens }: Resident): Promise<string[]> {
  const response = await fetch(`${stage.cluster.gatewayUrl}/api/v1/users/profile`, {
    headers: { Authorization: `Bearer ${tokens.access_token}` },
  });
  const { code } = (await response.json()) as { code?: string };
  const atNodes = stage.cluster.realtimeUrls.map((url) => {
    const client = stage.town.clientOf({ tokens }, { socketUrls: [url] });
    const said = new Promise<string>((resolve) => {
      client.on('logged-out', (event) => resolve(event.code));
      client.on('connected', () => resolve('let in'));
    });
    client.connect();
    return said.finally(() => client.close());
  });
  return [code ?? 'let in', ...(await Promise.all(atNodes))];
}

const REFUSED = ['UNAUTHORIZED', 'SESSION_REVOKED', 'SESSION_REVOKED'];

test('while Redis is away reads and chat go on, and codes and money are refused for the moment', async () => {
  const before = await loggedOut();
  expect(await refusals(before)).toEqual(REFUSED);
  await everybodyHears();
  await redis.stop();

  const [reader] = members as [Resident];
  expect((await reader.client.call(readProfile, {})).status).toBe(200);
  expect((await reader.client.call(listWallets, {})).status).toBe(200);
  expect((await reader.client.call(listDialogs, {})).status).toBe(200);
  await everybodyHears();

  expect(await codeOf(askForCode(reader.client))).toBe('UPSTREAM_UNAVAILABLE');
  const body = { wallet_id: reader.walletId, recipient_id: members[1]!.id, amount: '1.00', currency: 'THB' } as const;
  const transfer = reader.client.call(createTransfer, { body, idempotencyKey: randomUUID() });
  expect(await codeOf(transfer)).toBe('UPSTREAM_UNAVAILABLE');

  const during = await loggedOut();
  await until('every process has learnt who logged out', async () => {
    const said = await refusals(during);
    return said.join() === REFUSED.join();
  });
  expect(await refusals(before)).toEqual(REFUSED);
});

test('while Redis is away processes end in good order and start again', async () => {
  const roles = ['gateway', 'realtime-2', 'worker'] as const;
  expect(await Promise.all(roles.map((role) => stage.cluster.terminate(role)))).toEqual(roles.map(() => 'code 0'));
  await Promise.all(roles.map((role) => stage.cluster.start(role)));
  await everybodyHears();
});

test('after a restart everything works again by itself, and who was logged out stays so', async () => {
  const out = await loggedOut();
  await redis.start();
  const [reader] = members as [Resident];
  await until('codes are sent again', async () => (await codeOf(askForCode(reader.client))) === 'none');
  await everybodyHears();
  await until('every process has learnt who logged out', async () => (await refusals(out)).join() === REFUSED.join());
});

test('a Redis that forgets everything changes nothing but what has been counted', async () => {
  const out = await loggedOut();
  await until('every process has learnt who logged out', async () => (await refusals(out)).join() === REFUSED.join());
  const client = new Redis(redis.url);
  await client.flushall();
  await client.quit();
  await everybodyHears();
  expect(await codeOf(askForCode(members[0]!.client))).toBe('none');
  expect(await refusals(out)).toEqual(REFUSED);
});

test('in the end everybody has every message once, in one order, and the books are right', async () => {
  await chat.stop();
  expect(await chatFaults(ears, dialogId, log)).toEqual([]);
  expect([...log.outcomes('message').values()].filter((outcome) => outcome !== 'ok')).toEqual([]);
  expect(await stage.bookFaults()).toEqual([]);
});
