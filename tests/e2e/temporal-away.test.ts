import { afterAll, beforeAll, expect, test } from 'vitest';
import { TchatClient } from '#client/tchat-client.ts';
import { sendOtp } from '#shared/contracts/auth/otp.ts';
import { readProfile } from '#shared/contracts/auth/user.ts';
import { ConfirmOrder } from '#shared/contracts/commerce/order-calls.ts';
import { listDialogs } from '#shared/contracts/messaging.ts';
import { listWallets } from '#shared/contracts/payments/wallets.ts';
import { AppError } from '#shared/errors.ts';
import type { DialogId } from '#shared/ids.ts';
import { SECOND } from '#shared/time.ts';
import { openOrders } from '#tests/chaos/books.ts';
import { chatFaults, type ChatLoad, type Ear, listen, startChat } from '#tests/chaos/chat-load.ts';
import { LoadLog } from '#tests/chaos/load-log.ts';
import { placeOrder, type Sale, seeThrough } from '#tests/chaos/order-load.ts';
import { openOwnTemporal, type OwnEngine } from '#tests/chaos/own-engine.ts';
import { until } from '#tests/chaos/patience.ts';
import type { Resident, Stall } from '#tests/chaos/town.ts';
import { startTransfers, type TransferLoad, transferFaults } from '#tests/chaos/transfer-load.ts';
import { openStage, type Stage } from './stage.ts';

/** A person who takes a step is not kept waiting for what will not come. */
const FAST_MS = 3 * SECOND;
const PROCEEDS_WITHIN_MS = 30 * SECOND;
const PHONE = { phone_number: '0811111111', country_code: 'TH' } as const;
const PATIENT_PHONE = { phone_number: '0822222222', country_code: 'TH' } as const;

let temporal: OwnEngine;
let stage: Stage;
let members: readonly Resident[];
let dialogId: DialogId;
let ears: readonly Ear[];
let chat: ChatLoad;
let transfers: TransferLoad;
let stall: Stall;
let before: Sale;
let during: Sale;
const log = new LoadLog();
beforeAll(async () => {
  temporal = await openOwnTemporal();
  stage = await openStage({ settings: { TEMPORAL_ADDRESS: temporal.url, ORDER_DISPUTE_WINDOW: 'PT0S' } });
  members = await stage.town.residents(4, '1000.00');
  stall = await stage.town.stall(10);
  dialogId = await stage.town.group(members);
  ears = await listen(members, dialogId);
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  await temporal[Symbol.asyncDispose]();
});

async function phoneGets({ phone_number }: { readonly phone_number: string }): Promise<string | undefined> {
  const to = encodeURIComponent(`+66${phone_number.slice(1)}`);
  const response = await fetch(`${stage.cluster.sandboxUrl}/sandbox/inbox?to=${to}`);
  const [newest] = (await response.json()) as { readonly text: string }[];
  return /\b\d{6}\b/.exec(newest?.text ?? '')?.[0];
}

function answered(kind: string): number {
  return log.attempts(kind).filter(({ outcome }) => outcome === 'ok').length;
}

test('while Temporal is away chat, logins, transfers, reads and checkouts go on, and steps of orders are put off', async () => {
  const client = new TchatClient({ baseUrls: [stage.cluster.gatewayUrl] });
  await client.call(sendOtp, { body: PHONE });
  const otp_code = await until('the code has arrived', () => phoneGets(PHONE));
  before = await placeOrder(members[0]!, stall, log);
  await until('the money is held', async () => (await before.story()).includes('confirm waiting'));
  await temporal.stop();

  chat = startChat(members, dialogId, log);
  transfers = await startTransfers(members, log);
  expect((await client.logIn({ ...PHONE, otp_code })).user.status).toBe('active');
  expect((await client.call(readProfile, {})).status).toBe(200);
  expect((await client.call(listWallets, {})).status).toBe(200);
  expect((await client.call(listDialogs, {})).status).toBe(200);
  await client.call(sendOtp, { body: PATIENT_PHONE });
  during = await placeOrder(members[1]!, stall, log);
  expect(log.attempts('place').map(({ outcome }) => outcome)).toEqual(['ok', 'ok']);

  const startedAt = performance.now();
  const confirm = stall.merchant.client.call(ConfirmOrder, { params: { id: before.id }, body: {} });
  const refusal: unknown = await confirm.catch((error: unknown) => error);
  expect(refusal instanceof AppError && refusal.code).toBe('UPSTREAM_UNAVAILABLE');
  expect(performance.now() - startedAt).toBeLessThan(FAST_MS);

  await until('messages and transfers go on', async () => answered('message') > 100 && answered('transfer') > 100);
  expect(ears.every(({ heard }) => heard.length > 50)).toBe(true);
  expect(await before.status()).toBe('pending');
});

test('while Temporal is away its worker ends in good order and starts again, with the work that needs no Temporal', async () => {
  expect(await stage.cluster.terminate('worker')).toBe('code 0');
  await stage.cluster.start('worker');
});

test('when Temporal is back, what waited proceeds by itself', async () => {
  await temporal.start();
  const held = async () => (await during.story()).includes('confirm waiting');
  await until('the order of meanwhile is paid for', held, PROCEEDS_WITHIN_MS);
  await until('the code of meanwhile has arrived', () => phoneGets(PATIENT_PHONE), PROCEEDS_WITHIN_MS);
  await Promise.all([before, during].map(seeThrough));
});

test('in the end nothing is missing, and the books are right', async () => {
  await Promise.all([chat.stop(), transfers.stop()]);
  expect(log.attempts().filter(({ outcome, kind }) => outcome !== 'ok' && kind !== 'confirm')).toEqual([]);
  expect(await chatFaults(ears, dialogId, log)).toEqual([]);
  expect(await transferFaults(stage.db.database, log)).toEqual([]);
  expect(await openOrders(stage.db.database)).toEqual([]);
  expect(await stage.bookFaults()).toEqual([]);
});
