import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AppError } from '#shared/errors.ts';
import { createTransfer } from '#shared/contracts/payments/transfers.ts';
import type { DialogId } from '#shared/ids.ts';
import { SECOND } from '#shared/time.ts';
import { chatFaults, type ChatLoad, type Ear, listen, startChat } from '#tests/chaos/chat-load.ts';
import { LoadLog } from '#tests/chaos/load-log.ts';
import { openOwnPostgres, type OwnEngine } from '#tests/chaos/own-engine.ts';
import { placeOrder, type Sale, seeThrough } from '#tests/chaos/order-load.ts';
import { openOrders } from '#tests/chaos/books.ts';
import { until } from '#tests/chaos/patience.ts';
import type { Resident } from '#tests/chaos/town.ts';
import { startTransfers, type TransferLoad, transferFaults } from '#tests/chaos/transfer-load.ts';
import { createRoles, createTemplate } from '#tests/harness/template-database.ts';
import { lockRows } from './locked-rows.ts';
import { openStage, type Stage } from './stage.ts';

const WALLET = 'SELECT FROM payments.accounts WHERE id = $1 FOR UPDATE';
const AWAY_MS = 5 * SECOND;
const READY_WITHIN_MS = 30 * SECOND;
/** A person who pays is not kept waiting for what will not come. */
const FAST_MS = 3 * SECOND;
/** Below a statement's own twelve seconds, and no measure of speed: the machine has more to do. */
const NOTICED_WITHIN_MS = 8 * SECOND;

let postgres: OwnEngine;
let stage: Stage;
let members: readonly Resident[];
let dialogId: DialogId;
let ears: readonly Ear[];
let chat: ChatLoad;
let transfers: TransferLoad;
const log = new LoadLog();
beforeAll(async () => {
  postgres = await openOwnPostgres();
  await createRoles(postgres.url);
  await createTemplate(postgres.url);
  stage = await openStage({ postgres: postgres.url, settings: { ORDER_DISPUTE_WINDOW: 'PT0S' } });
  members = await stage.town.residents(4, '1000.00');
  dialogId = await stage.town.group(members);
  ears = await listen(members, dialogId);
  chat = startChat(members, dialogId, log);
  transfers = await startTransfers(members, log);
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  await postgres[Symbol.asyncDispose]();
});

const processes = (): readonly string[] => [
  stage.cluster.gatewayUrl,
  ...stage.cluster.realtimeUrls,
  stage.cluster.workerUrl,
];

async function readiness(): Promise<readonly number[]> {
  return await Promise.all(processes().map(async (url) => (await fetch(`${url}/health/ready`)).status));
}

/** Everything that was asked for so far goes on: one more of each is answered ok. */
async function loadGoesOn(): Promise<void> {
  const count = (kind: string) => log.attempts(kind).filter(({ outcome }) => outcome === 'ok').length;
  const before = { message: count('message'), transfer: count('transfer') };
  await until(
    'messages and transfers are answered',
    async () => count('message') > before.message + 4 && count('transfer') > before.transfer + 4,
    READY_WITHIN_MS,
  );
}

/** What someone gets who wants to pay now, and after how long. */
async function payNow(): Promise<{ readonly code: string; readonly tookMs: number }> {
  const [payer, payee] = members as [Resident, Resident];
  const body = { wallet_id: payer.walletId, recipient_id: payee.id, amount: '1.00', currency: 'THB' } as const;
  const startedAt = performance.now();
  const error: unknown = await payer.client.call(createTransfer, { body, idempotencyKey: randomUUID() }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { code: error instanceof AppError ? error.code : 'none', tookMs: performance.now() - startedAt };
}

/** An order whose money was about to be held when Postgres went away. */
async function orderUnderWay(): Promise<Sale> {
  const stall = await stage.town.stall(1);
  const [buyer] = (await stage.town.residents(1, '1000.00')) as [Resident];
  const wallet = await lockRows(stage.db.ownerUrl, WALLET, [buyer.walletId]);
  const sale = await placeOrder(buyer, stall, log);
  await wallet.wanted();
  return sale;
}

async function moneyIsRefusedAtOnce(): Promise<void> {
  const awayUntil = performance.now() + AWAY_MS;
  while (performance.now() < awayUntil) {
    const { code, tookMs } = await payNow();
    expect(code).toBe('UPSTREAM_UNAVAILABLE');
    expect(tookMs).toBeLessThan(FAST_MS);
    await sleep(250);
  }
  expect(await readiness()).toEqual(processes().map(() => 503));
  for (const url of processes()) expect((await fetch(`${url}/health/live`)).status).toBe(200);
}

async function loadGoesOnOnceReady(): Promise<void> {
  const isReady = async () => (await readiness()).every((status) => status === 200);
  await until('everything is ready', isReady, READY_WITHIN_MS);
  await loadGoesOn();
}

async function everythingGoesOn(sale: Sale): Promise<void> {
  await loadGoesOnOnceReady();
  await seeThrough(sale);
}

test('while Postgres is stopped money is refused at once, and when it is back everything goes on', async () => {
  await loadGoesOn();
  const sale = await orderUnderWay();
  await postgres.stop();
  await moneyIsRefusedAtOnce();
  await postgres.start();
  await everythingGoesOn(sale);
});

test('a Postgres that is killed loses nothing that was answered, and holds up no worker that is told to stop', async () => {
  const sale = await orderUnderWay();
  await postgres.kill();
  await moneyIsRefusedAtOnce();
  expect(await stage.cluster.terminate('worker')).toBe('code 0');
  const starting = stage.cluster.start('worker');
  await postgres.start();
  await starting;
  await everythingGoesOn(sale);
});

test('a Postgres that hangs is noticed within seconds, and from then on refuses at once until it wakes', async () => {
  postgres.freeze();
  const first = await payNow();
  expect(first.code).toBe('UPSTREAM_UNAVAILABLE');
  expect(first.tookMs).toBeLessThan(NOTICED_WITHIN_MS);
  await moneyIsRefusedAtOnce();
  postgres.thaw();
  await loadGoesOnOnceReady();
});

test('in the end what was answered is there once, in one order for all, and the books are right', async () => {
  await Promise.all([chat.stop(), transfers.stop()]);
  expect(log.attempts().filter(({ code }) => code === 'INTERNAL')).toEqual([]);
  expect(await chatFaults(ears, dialogId, log)).toEqual([]);
  expect(await transferFaults(stage.db.database, log)).toEqual([]);
  expect(await openOrders(stage.db.database)).toEqual([]);
  expect(await stage.bookFaults()).toEqual([]);
});
