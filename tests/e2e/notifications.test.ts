import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stepUp } from '#shared/contracts/auth/step-up.ts';
import { openDialog } from '#shared/contracts/messaging.ts';
import { CreateNotification } from '#shared/contracts/notifications/create.ts';
import { RegisterDevice } from '#shared/contracts/notifications/devices.ts';
import { GetNotification, ListNotifications, ReadNotification } from '#shared/contracts/notifications/inbox.ts';
import { createTransfer } from '#shared/contracts/payments/transfers.ts';
import type { ResourceUpdate } from '#shared/sockets/server-events.ts';
import { until } from '#tests/chaos/patience.ts';
import { PIN, type Resident } from '#tests/chaos/town.ts';
import { seed } from '#tests/harness/seed.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
let nok: Resident;
let chai: Resident;
beforeAll(async () => {
  stage = await openStage();
  [nok, chai] = (await stage.town.residents(2, '1000.00')) as [Resident, Resident];
});
afterAll(() => stage[Symbol.asyncDispose]());

/** What the `notification` events of an open device said. */
async function hearing(resident: Resident): Promise<ResourceUpdate[]> {
  const heard: ResourceUpdate[] = [];
  const client = stage.town.clientOf(resident);
  client.on('notification', (update) => heard.push(update));
  client.connect();
  await until('a device is online', async () => client.isConnected);
  return heard;
}

/** What a device has shown, the newest first. */
async function shownOn(token: string): Promise<{ text: string; subject: string; data: Record<string, string> }[]> {
  const response = await fetch(`${stage.cluster.sandboxUrl}/sandbox/inbox?to=${encodeURIComponent(`push:${token}`)}`);
  return (await response.json()) as { text: string; subject: string; data: Record<string, string> }[];
}

async function device(resident: Resident): Promise<string> {
  const token = `shown-${randomUUID()}`;
  await resident.client.call(RegisterDevice, { body: { platform: 'fcm', token } });
  return token;
}

test('money that comes in is in the inbox at once, on every open device, and what one reads all have read', async () => {
  const [first, second] = [await hearing(chai), await hearing(chai)];
  const { body: proof } = await nok.client.call(stepUp, { body: { pin: PIN } });
  await nok.client.call(createTransfer, {
    body: { wallet_id: nok.walletId, recipient_id: chai.id, amount: '100.00', currency: 'THB' },
    idempotencyKey: randomUUID(),
    stepUpToken: proof.step_up_token,
  });
  const [told] = await until('the device hears of it', async () => first.length > 0 && first);
  expect(told).toMatchObject({
    step: 'new',
    channel: 'payments',
    unread_count: 1,
    template: 'payments.money_received',
  });
  const { body } = await chai.client.call(ListNotifications, { query: {} });
  expect(body).toMatchObject({ unread_count: 1, notifications: [{ id: told!['id'], status: 'delivered' }] });
  expect(body.notifications[0]!.content).toContain('100');

  await chai.client.call(ReadNotification, { params: { id: body.notifications[0]!.id } });
  await until('the other device hears that it was read', async () => second.length === 2);
  expect(second[1]).toMatchObject({ id: told!['id'], step: 'read', unread_count: 0 });
});

test('who is away is pushed what was said, once for a burst, and who is there is not', async () => {
  const [away, here] = (await stage.town.residents(2, '0.00')) as [Resident, Resident];
  const [awayToken, hereToken] = [await device(away), await device(here)];
  await hearing(here);
  nok.client.connect();
  await until('the sender is online', async () => nok.client.isConnected);
  const participant_ids = [away.id, here.id];
  const { body: group } = await nok.client.call(openDialog, {
    body: { type: 'group', name: 'Lunch', participant_ids },
  });
  for (const content of ['one', 'two', 'three']) {
    await nok.client.send(group.id, { content, message_type: 'text' });
  }
  const shown = await until('the push has come', async () => {
    const pushes = await shownOn(awayToken);
    return pushes.some(({ data }) => data['channel'] === 'messaging' && data['dialog_id'] === group.id) && pushes;
  });
  expect(shown.filter(({ data }) => data['dialog_id'] === group.id)).toHaveLength(1);
  expect(shown[0]!.text).toContain('3');
  expect((await shownOn(hereToken)).filter(({ data }) => data['dialog_id'] === group.id)).toEqual([]);
  // A text of nobody's is in any of it.
  expect(JSON.stringify(shown)).not.toContain('three');
});

test('staff notify someone, and see what became of it', async () => {
  const [account] = await seed(stage.cluster.env, { users: 1, role: 'ops' });
  const ops = stage.town.clientOf({ tokens: { ...account!, expires_in: 3_600 } });
  const token = await device(chai);
  const { body } = await ops.call(CreateNotification, {
    body: { recipient_id: chai.id, template: 'account.restored', types: ['push', 'in_app'] },
  });
  expect(body).toMatchObject({ type: 'push', status: 'pending', others: [{ type: 'in_app', status: 'delivered' }] });
  await until('it was sent', async () => {
    const { body: now } = await ops.call(GetNotification, { params: { id: body.id } });
    return now.status === 'sent' && now;
  });
  expect(await shownOn(token)).toHaveLength(1);
});

test('what is urgent and not read is told by text when its time is over', async () => {
  const [someone] = (await stage.town.residents(1, '0.00')) as [Resident];
  const [account] = await seed(stage.cluster.env, { users: 1, role: 'ops' });
  const ops = stage.town.clientOf({ tokens: { ...account!, expires_in: 3_600 } });
  const token = await device(someone);
  await ops.call(CreateNotification, {
    body: {
      recipient_id: someone.id,
      template: 'account.restored',
      type: 'push',
      priority: 'urgent',
      fallback: [{ type: 'sms', after: 'PT1S' }],
    },
  });
  await until('the push was shown', async () => (await shownOn(token)).length > 0);
  await until('the text has come', async () => {
    const url = `${stage.cluster.sandboxUrl}/sandbox/inbox?to=${encodeURIComponent(someone.phoneNumber)}`;
    return ((await (await fetch(url)).json()) as unknown[]).length > 0;
  });
});
