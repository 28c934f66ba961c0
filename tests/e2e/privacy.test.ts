import { randomUUID } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deleteAccount, readAccount, reinstateUser, suspendUser } from '#shared/contracts/auth/account-life.ts';
import { sendOtp, verifyOtp } from '#shared/contracts/auth/otp.ts';
import {
  downloadExport,
  type PrivacyRequest,
  readPrivacyRequest,
  requestErasure,
  requestExport,
} from '#shared/contracts/auth/privacy.ts';
import { stepUp } from '#shared/contracts/auth/step-up.ts';
import { updateProfile } from '#shared/contracts/auth/user.ts';
import { CancelOrder as cancelOrder, PlaceOrder as placeOrder } from '#shared/contracts/commerce/order-calls.ts';
import { getMedia, uploadMedia } from '#shared/contracts/media.ts';
import { getDialog, listMessages, openDialog, sendMessage } from '#shared/contracts/messaging.ts';
import type { PrivacyRequestId } from '#shared/ids.ts';
import { firstRow, statement } from '#shared/sql.ts';
import { workflowId } from '#shared/workflows/command.ts';
import { ErasureWorkflow } from '#shared/workflows/privacy.ts';
import { until } from '#tests/chaos/patience.ts';
import { engines } from '#tests/harness/engines.ts';
import { seed, type SeededUser } from '#tests/harness/seed.ts';
import { PIN, type Resident } from '#tests/chaos/town.ts';
import { foundIn, needle } from './canary/forms.ts';
import { asSuperuser, searchDatabase } from './canary/search-database.ts';
import { openStage, type Stage } from './stage.ts';

const NAME = 'Somchai Wattanakul-Zephyr';
const WORDS = 'the heron lands at dusk by the third pier';
const STREET = '77/7 Marmalade Alley';
const ADDRESS = {
  name: NAME,
  phone: '+66812345678',
  street: STREET,
  city: 'Bangkok',
  state: 'Bangkok',
  postal_code: '10500',
  country: 'TH',
} as const;

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({
    settings: {
      ACCOUNT_DELETION_GRACE: 'PT8S',
      ERASURE_GRACE: 'PT1S',
      ERASURE_ASK_AGAIN_AFTER: 'PT1S',
      EXPORT_KEPT_FOR: 'PT15S',
    },
  });
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  await rm(stage.cluster.env['MEDIA_DIR']!, { recursive: true, force: true });
});

/** Gives someone a name, a friend, something said, a file, and an order that waits for its merchant. */
async function live(customer: Resident) {
  const [friend] = (await stage.town.residents(1, '0.00')) as [Resident];
  const stall = await stage.town.stall(10);
  await customer.client.call(updateProfile, { body: { display_name: NAME } });
  const { body: direct } = await customer.client.call(openDialog, {
    body: { type: 'direct', participant_ids: [friend.id] },
  });
  const { body: group } = await customer.client.call(openDialog, {
    body: { type: 'group', name: 'Pier', participant_ids: [friend.id, stall.merchant.id] },
  });
  const text = { message_type: 'text', content: WORDS } as const;
  await customer.client.call(sendMessage, { params: { id: direct.id }, body: text });
  const { body: file } = await customer.client.call(uploadMedia, {
    query: { purpose: 'message' },
    body: new Uint8Array(Buffer.from(`a text: ${WORDS}`)),
  });
  await customer.client.call(sendMessage, {
    params: { id: direct.id },
    body: { message_type: 'file', metadata: { media_id: file.media_id, file_name: 'a.txt' } },
  });
  const { body: order } = await customer.client.call(placeOrder, {
    body: {
      shop_id: stall.shopId,
      items: [{ product_id: stall.productId, quantity: 1 }],
      currency: 'THB',
      wallet_id: customer.walletId,
      shipping_address: ADDRESS,
    },
    idempotencyKey: randomUUID(),
  });
  return { friend, stall, direct, group, file, order };
}

async function proof({ client }: Resident): Promise<string> {
  return (await client.call(stepUp, { body: { pin: PIN } })).body.step_up_token;
}

async function stateOf({ client }: Resident, id: PrivacyRequestId): Promise<PrivacyRequest> {
  return (await client.call(readPrivacyRequest, { params: { id } })).body;
}

/** Codes that were used before: the inbox keeps them. */
const spent = new Set<string>();

/** Logs in by text, as anybody would. */
async function logIn(phoneNumber: string) {
  const client = stage.town.clientOf({ tokens: { access_token: '', refresh_token: '', expires_in: 0 } });
  const phone = { phone_number: phoneNumber, country_code: 'TH' } as const;
  await client.call(sendOtp, { body: phone });
  const inbox = `${stage.cluster.sandboxUrl}/sandbox/inbox?to=${encodeURIComponent(phoneNumber)}`;
  const code = await until('a code has come', async () => {
    const texts = (await (await fetch(inbox)).json()) as { text: string }[];
    const codes = texts.map(({ text }) => /\b\d{6}\b/.exec(text)?.[0]);
    return codes.find((each) => each !== undefined && !spent.has(each));
  });
  spent.add(code);
  return (await client.call(verifyOtp, { body: { ...phone, otp_code: code } })).body;
}

const ERASURE = statement(
  'tests.erasure-of',
  `SELECT status, held FROM auth.privacy_requests WHERE account_id = $1 AND kind = 'erasure' AND status <> 'cancelled'`,
);
const AS_WORKER = statement('tests.as-worker', `SELECT set_config('tchat.identity', 'worker', true)`);
async function erasureOf({ id }: Resident) {
  return await stage.db.database.transaction(async (tx) => {
    await tx.rows(AS_WORKER);
    return await firstRow<{ status: string; held: { what: string }[] }>(tx, ERASURE, [id]);
  });
}

/** How often a worker has set about an erasure. */
async function triesOf(id: PrivacyRequestId): Promise<number> {
  const connection = await Connection.connect({ address: engines.temporal });
  try {
    const story = new Client({ connection }).workflow.getHandle(workflowId(ErasureWorkflow, id));
    const { events } = await story.fetchHistory();
    return (events ?? []).filter((event) => event.activityTaskCompletedEventAttributes).length;
  } finally {
    await connection.close();
  }
}

/** What lies in the media store. */
async function filesAtRest(): Promise<string[]> {
  const folder = stage.cluster.env['MEDIA_DIR']!;
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

test('an export holds everything of a person, is theirs alone, rests sealed, and is gone after its time', async () => {
  const [me, someone] = (await stage.town.residents(2, '500.00')) as [Resident, Resident];
  const { order, direct, file } = await live(me);
  const before = await filesAtRest();
  const { status, body: asked } = await me.client.call(requestExport, {});
  expect([status, asked.type, asked.download_url]).toEqual([202, 'export', null]);
  const params = { id: asked.id };
  await expect(someone.client.call(readPrivacyRequest, { params })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await until('the export is ready', async () => (await stateOf(me, asked.id)).status === 'completed');
  const { download_url: url } = await stateOf(me, asked.id);
  expect(url).toBe(`/api/v1/privacy/requests/${asked.id}/file`);

  const parts = (await filesAtRest()).filter((path) => !before.includes(path));
  expect(parts.length).toBeGreaterThan(10);
  const needles = [needle('the name', NAME), needle('the words', WORDS), needle('the street', STREET)];
  for (const path of parts) expect(foundIn(await readFile(path, 'latin1'), needles)).toEqual([]);

  await expect(someone.client.call(downloadExport, { params })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const { body: bytes } = await me.client.call(downloadExport, { params });
  const file1 = JSON.parse(Buffer.from(bytes).toString('utf8')) as Record<string, unknown[]>;
  expect(file1).toMatchObject({
    user_id: me.id,
    account: [{ id: me.id, phone_number: me.phoneNumber, display_name: NAME }],
    sessions: [{ ip_address: expect.any(String) }],
    dialogs: expect.arrayContaining([expect.objectContaining({ id: direct.id })]),
    messages: expect.arrayContaining([expect.objectContaining({ content: WORDS })]),
    media: [{ id: file.media_id }],
    wallets: [{ id: me.walletId, currency: 'THB' }],
    orders: [{ id: order.id, shipping_address: { street: STREET } }],
    shops: [],
    verification: [],
  });

  await until('the export has expired', async () => (await stateOf(me, asked.id)).status === 'expired');
  await expect(me.client.call(downloadExport, { params })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await until('its parts are gone', async () => {
    const left = await filesAtRest();
    return parts.every((path) => !left.includes(path));
  });
});

test('a deleted account is gone for others at once, and back with its next login', async () => {
  const [me] = (await stage.town.residents(1, '100.00')) as [Resident];
  const { friend } = await live(me);
  await me.client.call(deleteAccount, { stepUpToken: await proof(me) });
  await expect(me.client.call(requestExport, {})).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  const [other] = (await stage.town.residents(1, '0.00')) as [Resident];
  const reach = other.client.call(openDialog, { body: { type: 'direct', participant_ids: [me.id] } });
  await expect(reach).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const { user } = await logIn(me.phoneNumber);
  expect(user).toMatchObject({ id: me.id, status: 'active', profile: { display_name: NAME } });
  await other.client.call(openDialog, { body: { type: 'direct', participant_ids: [me.id] } });
  expect(await erasureOf(me)).toBeUndefined();
  expect(friend.id).not.toBe(me.id);
});

test('a suspended account is not erased before ops have decided, though its time has come and its worker was killed', async () => {
  const [me] = (await stage.town.residents(1, '0.00')) as [Resident];
  const [staff] = (await seed(stage.cluster.env, { users: 1, role: 'ops' })) as [SeededUser];
  const ops = stage.town.clientOf({ tokens: { ...staff, expires_in: 0 } });
  const params = { id: me.id };
  const { body: asked } = await me.client.call(requestErasure, { stepUpToken: await proof(me) });
  await ops.call(suspendUser, { params, body: { reason: 'sells fakes' } });
  await until('it was tried', async () => (await triesOf(asked.id)) > 0);
  await stage.cluster.kill('worker');
  await stage.cluster.start('worker');
  const before = await triesOf(asked.id);
  await until('it was tried again', async () => (await triesOf(asked.id)) > before);
  expect((await ops.call(readAccount, { params })).body).toMatchObject({
    status: 'suspended',
    erased_at: null,
    erasure: { id: asked.id, status: 'on_hold' },
  });
  await ops.call(reinstateUser, { params, body: { reason: 'they were real' } });
  await until('the erasure is done', async () => (await erasureOf(me))?.status === 'completed');
  expect((await ops.call(readAccount, { params })).body).toMatchObject({ status: 'deleted', erasure: null });
});

test('an erased person leaves no name, number, address or file, others keep what they received, and the number is free', async () => {
  const [me] = (await stage.town.residents(1, '300.00')) as [Resident];
  await logIn(me.phoneNumber);
  const { friend, stall, direct, group, file, order } = await live(me);
  const { body: asked } = await me.client.call(requestErasure, { stepUpToken: await proof(me) });
  expect(asked).toMatchObject({ type: 'erasure', status: 'pending' });

  // The parcel still needs its address, so the erasure waits for the order; the name is gone already.
  await until('the account is erased', async () => {
    const view = await friend.client.call(getDialog, { params: { id: group.id } });
    return !view.body.participants.some(({ user_id: userId }) => userId === me.id);
  });
  await stage.cluster.kill('worker');
  await stage.cluster.start('worker');
  expect((await erasureOf(me))?.status).toBe('processing');
  const cancelling = { params: { id: order.id }, body: { reason: 'sold out' } };
  // What the dead worker held is given to the new one after some seconds, and a click does not wait for that.
  await until('the merchant has cancelled', () =>
    stall.merchant.client.call(cancelOrder, cancelling).then(
      ({ body }) => body.status === 'cancelled',
      () => false,
    ),
  );
  await until('the erasure is done', async () => (await erasureOf(me))?.status === 'completed');

  const held = (await erasureOf(me))!.held.map(({ what }) => what);
  expect(held.toSorted()).toEqual(['audit', 'ledger', 'messages', 'orders']);
  const needles = [
    needle('the phone number', me.phoneNumber),
    needle('the national number', `0${me.phoneNumber.slice(3)}`),
    needle('the street', STREET),
  ];
  const left = (await searchDatabase(asSuperuser(stage.db.ownerUrl), needles)).filter(
    (found) => !found.includes('street'),
  );
  expect(left).toEqual([]);
  const shipping = statement('tests.shipping', 'SELECT 1 AS found FROM commerce.shipping WHERE customer_id = $1');
  expect(await firstRow(stage.db.database, shipping, [me.id])).toBeUndefined();

  const { body: history } = await friend.client.call(listMessages, { params: { id: direct.id } });
  expect(history.messages).toContainEqual(expect.objectContaining({ content: WORDS, sender_id: me.id }));
  const fetched = friend.client.call(getMedia, { params: { id: file.media_id } });
  await expect(fetched).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(me.client.call(requestExport, {})).rejects.toMatchObject({ code: 'UNAUTHORIZED' });

  const { user } = await logIn(me.phoneNumber);
  expect(user.id).not.toBe(me.id);
  expect(user.profile.display_name).toBe('');
  expect(await stage.bookFaults()).toEqual([]);
});
