import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stepUp } from '#shared/contracts/auth/step-up.ts';
import { createTransfer } from '#shared/contracts/payments/transfers.ts';
import { listWallets } from '#shared/contracts/payments/wallets.ts';
import type { DialogId } from '#shared/ids.ts';
import { SECOND } from '#shared/time.ts';
import { openOrders } from '#tests/chaos/books.ts';
import { chatFaults, type ChatLoad, type Ear, listen, startChat } from '#tests/chaos/chat-load.ts';
import { LoadLog } from '#tests/chaos/load-log.ts';
import { placeOrder, seeThrough } from '#tests/chaos/order-load.ts';
import { until } from '#tests/chaos/patience.ts';
import { PIN, type Resident } from '#tests/chaos/town.ts';
import type { RoleName } from '#tests/harness/cluster.ts';
import { type LockedRows, lockRows } from './locked-rows.ts';
import { openStage, type Stage } from './stage.ts';

const DRAINED_WITHIN_MS = 25 * SECOND;
/** How long what is under way stands still after the process was told to stop. */
const HELD_UP_MS = SECOND;
const LANES = 8;

const DIALOG = 'SELECT FROM messaging.dialogs WHERE id = $1 FOR UPDATE';
const WALLET = 'SELECT FROM payments.accounts WHERE id = $1 FOR UPDATE';
const PAYMENT = `SELECT pg_advisory_xact_lock(hashtextextended('payments.order ' || $1, 0))`;

let stage: Stage;
let members: readonly Resident[];
let dialogId: DialogId;
let ears: readonly Ear[];
let chat: ChatLoad;
const log = new LoadLog();
beforeAll(async () => {
  stage = await openStage({ settings: { ORDER_DISPUTE_WINDOW: 'PT0S' } });
  // Their sockets go to a node, or through the gateway; when that ends, to the other one.
  const { gatewayUrl, realtimeUrls } = stage.cluster;
  const ways = [realtimeUrls, realtimeUrls, [gatewayUrl, realtimeUrls[1]], [gatewayUrl, realtimeUrls[1]]];
  members = (await stage.town.residents(ways.length, '1000.00')).map((member, place) => ({
    ...member,
    client: stage.town.clientOf(member, { socketUrls: ways[place]! }),
  }));
  dialogId = await stage.town.group(members);
  ears = await listen(members, dialogId);
  chat = startChat(members, dialogId, log);
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

/** Tells a role to stop while something in it waits for locked rows, which it gets a moment later. */
async function stopInTheMiddle(role: RoleName, rows: LockedRows): Promise<void> {
  const startedAt = performance.now();
  const ended = stage.cluster.terminate(role);
  await sleep(HELD_UP_MS);
  await rows.release();
  expect(await ended).toBe('code 0');
  expect(performance.now() - startedAt).toBeLessThan(DRAINED_WITHIN_MS);
}

/** Everybody hears what everybody says, from now on. */
async function everybodyHears(): Promise<void> {
  const after = Math.max(...ears.map(({ heard }) => heard.length));
  const hasAllVoices = ({ heard }: Ear) =>
    members.every(({ id }) => heard.slice(after).some(({ content }) => content?.startsWith(id)));
  await until('everybody hears everybody', async () => ears.every(hasAllVoices));
}

test('a realtime node that is told to stop answers what it has begun, and its clients go on elsewhere', async () => {
  await everybodyHears();
  const [speaker] = members as [Resident];
  const socket = io(stage.cluster.realtimeUrls[0], {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    auth: { token: speaker.tokens.access_token },
  });
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  const gone = new Promise<string>((resolve) => socket.once('disconnect', resolve));
  const dialog = await lockRows(stage.db.ownerUrl, DIALOG, [dialogId]);
  const content = 'in the middle';
  const message = { dialog_id: dialogId, client_id: content, content, message_type: 'text' };
  const answer = log.attempt('message', content, async () => {
    const ack = (await socket.timeout(10 * SECOND).emitWithAck('message:send', message)) as { readonly data?: object };
    expect(ack.data).toBeDefined();
  });
  await dialog.wanted();
  await stopInTheMiddle('realtime-1', dialog);
  expect((await answer).outcome).toBe('ok');
  expect(await gone).toBe('transport close');
  await everybodyHears();
  await stage.cluster.start('realtime-1');
});

test('a gateway that is told to stop answers every request that has reached it', async () => {
  const [payer, payee] = members as [Resident, Resident];
  const { body: proof } = await payer.client.call(stepUp, { body: { pin: PIN } });
  const wallet = await lockRows(stage.db.ownerUrl, WALLET, [payer.walletId]);
  const key = randomUUID();
  const body = { wallet_id: payer.walletId, recipient_id: payee.id, amount: '1.00', currency: 'THB' } as const;
  const paying = log.attempt('transfer', key, () =>
    payer.client.call(createTransfer, { body, idempotencyKey: key, stepUpToken: proof.step_up_token }),
  );
  await wallet.wanted();
  let stoppedAt = Infinity;
  const reading = Array.from({ length: LANES }, async (_, lane) => {
    const { client } = members[lane % members.length]!;
    for (let count = 0; performance.now() < stoppedAt; count += 1) {
      await log.attempt('read', `${lane} ${count}`, () => client.call(listWallets, {}));
    }
  });
  await until('reads are under way', async () => log.attempts('read').length > 10 * LANES);
  stoppedAt = performance.now();
  await stopInTheMiddle('gateway', wallet);
  await Promise.all(reading);
  expect((await paying).outcome).toBe('ok');
  expect(log.attempts('read').filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
  await everybodyHears();
  await stage.cluster.start('gateway');
});

test('a worker that is told to stop finishes the step that it has begun, and the order goes on elsewhere', async () => {
  const stall = await stage.town.stall(5);
  const sale = await placeOrder(members[0]!, stall, log);
  await until('the money is held', async () => (await sale.story()).includes('confirm waiting'));
  const payment = await lockRows(stage.db.ownerUrl, PAYMENT, [sale.id]);
  const confirmed = sale.confirm();
  await payment.wanted();
  await stopInTheMiddle('worker', payment);
  await stage.cluster.start('worker');
  await confirmed;
  await seeThrough(sale);
  expect((await sale.story()).filter((line) => line.endsWith(' failed'))).toEqual([]);
});

test('in the end nothing is missing, and the books are right', async () => {
  await chat.stop();
  expect(await chatFaults(ears, dialogId, log)).toEqual([]);
  expect([...log.outcomes('message').values()].filter((outcome) => outcome !== 'ok')).toEqual([]);
  expect(await openOrders(stage.db.database)).toEqual([]);
  expect(await stage.bookFaults()).toEqual([]);
});
