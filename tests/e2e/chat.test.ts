import { io } from 'socket.io-client';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { TchatClient } from '#client/tchat-client.ts';
import { sendOtp } from '#shared/contracts/auth/otp.ts';
import { logOut, refreshSession } from '#shared/contracts/auth/sessions.ts';
import { listMessages, openDialog } from '#shared/contracts/messaging.ts';
import { AppError } from '#shared/errors.ts';
import type { DialogId, UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { type Cluster, startCluster } from '#tests/harness/cluster.ts';
import { testEnvironment } from '#tests/harness/config.ts';
import { type FreshDatabase, freshDatabase } from '#tests/harness/database.ts';

const PATIENCE = { timeout: 30_000 };

let db: FreshDatabase;
let cluster: Cluster;
beforeAll(async () => {
  db = await freshDatabase();
  cluster = await startCluster(testEnvironment(db.url, { RATE_LIMITS: 'relaxed' }));
});
afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
  await db[Symbol.asyncDispose]();
});

type Person = { readonly client: TchatClient; readonly userId: UserId; readonly token: string };

let numbers = 10_000_000;

/** Someone who has just logged in with a code that came by SMS; their socket goes to this node. */
async function person(node: 0 | 1): Promise<Person> {
  const client = new TchatClient({ baseUrls: [cluster.gatewayUrl], socketUrls: [cluster.realtimeUrls[node]] });
  onTestFinished(() => client.close());
  numbers += 1;
  const number = numbers;
  const phone = { phone_number: `08${number}`, country_code: 'TH' } as const;
  await client.call(sendOtp, { body: phone });
  const inbox = `${cluster.sandboxUrl}/sandbox/inbox?to=${encodeURIComponent(`+668${number}`)}`;
  const newest = async (): Promise<string> => {
    const [message] = (await (await fetch(inbox)).json()) as { text: string }[];
    return message?.text ?? '';
  };
  await expect.poll(newest, PATIENCE).toMatch(/\d{6}/);
  const otp_code = /\b\d{6}\b/.exec(await newest())![0];
  let token = '';
  client.on('tokens', (pair) => (token = pair?.access_token ?? ''));
  const { user } = await client.logIn({ ...phone, otp_code });
  return { client, userId: user.id, token };
}

async function connected({ client }: Pick<Person, 'client'>): Promise<void> {
  const done = new Promise<void>((resolve) => {
    client.on('caught-up', () => resolve());
  });
  client.connect();
  await done;
}

async function codeOf(attempt: Promise<unknown>): Promise<string> {
  const error: unknown = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof AppError ? error.code : 'none';
}

test('every process tells in the same words whether it is ready, and what it asked', async () => {
  const urls = [cluster.gatewayUrl, ...cluster.realtimeUrls, cluster.workerUrl, cluster.sandboxUrl];
  const answers = await Promise.all(urls.map((url) => fetch(`${url}/health/ready`)));
  expect(await Promise.all(answers.map(async (answer) => [answer.status, await answer.json()]))).toEqual([
    [200, { ready: true, checks: { postgres: 'ok', redis: 'ok' } }],
    [200, { ready: true, checks: { postgres: 'ok', messages: 'ok' } }],
    [200, { ready: true, checks: { postgres: 'ok', messages: 'ok' } }],
    [200, { ready: true, checks: { postgres: 'ok' } }],
    [200, { ready: true, checks: {} }],
  ]);
});

test('calls are refused as the contract says, and the client tells the code', async () => {
  const nobody = new TchatClient({ baseUrls: [cluster.gatewayUrl] });
  expect(await codeOf(nobody.call(openDialog, { body: { type: 'direct', participant_ids: [newId('TH')] } }))).toBe(
    'UNAUTHORIZED',
  );
  expect(await codeOf(nobody.call(refreshSession, { body: { refresh_token: 'nonsense' } }))).toBe('UNAUTHORIZED');
  const { client } = await person(0);
  const absent = { id: newId<DialogId>('TH') };
  expect(await codeOf(client.call(listMessages, { params: absent }))).toBe('NOT_FOUND');
  expect(await codeOf(client.call(openDialog, { body: { type: 'direct', participant_ids: [] } }))).toBe(
    'VALIDATION_ERROR',
  );
  await connected({ client });
  expect(await codeOf(client.send(absent.id, { message_type: 'text', content: 'hello?' }))).toBe('NOT_FOUND');
});

test('a token in the query opens no socket, through the gateway or at a node, and the client is told why', async () => {
  const { token } = await person(0);
  for (const url of [cluster.gatewayUrl, cluster.realtimeUrls[1]]) {
    const options = {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      query: { token },
      auth: { token },
    };
    const socket = io(url, options);
    onTestFinished(() => void socket.close());
    const refusal = await new Promise<unknown>((resolve) => {
      socket.on('connect', () => resolve('admitted'));
      socket.on('connect_error', (error: Error & { data?: { code?: string } }) => resolve(error.data?.code));
    });
    expect(refusal).toBe('UNAUTHORIZED');
  }
});

test('two people who log in by SMS chat over two nodes, and history tells the same', async () => {
  const [alice, bob] = await Promise.all([person(0), person(1)]);
  await Promise.all([connected(alice), connected(bob)]);
  const heardByBob: (string | null)[] = [];
  const heardByAlice: (string | null)[] = [];
  alice.client.on('message', ({ message }) => heardByAlice.push(message.content));
  bob.client.on('message', ({ message }) => heardByBob.push(message.content));
  const begun = new Promise<DialogId>((resolve) => {
    bob.client.on('dialog', ({ id }) => resolve(id));
  });

  const opened = await alice.client.call(openDialog, { body: { type: 'direct', participant_ids: [bob.userId] } });
  expect(opened.status).toBe(201);
  expect(await begun).toBe(opened.body.id);

  await alice.client.send(opened.body.id, { message_type: 'text', content: 'สวัสดี' });
  await expect.poll(() => heardByBob, PATIENCE).toEqual(['สวัสดี']);
  await bob.client.send(opened.body.id, { message_type: 'text', content: 'hello' });
  await expect.poll(() => heardByAlice, PATIENCE).toEqual(['สวัสดี', 'hello']);
  const read = new Promise((resolve) => alice.client.on('receipt', resolve));
  await bob.client.request('receipt:read', { dialog_id: opened.body.id, seq: 1 });
  expect(await read).toMatchObject({ user_id: bob.userId, read_seq: 1 });

  const history = await bob.client.call(listMessages, { params: { id: opened.body.id } });
  expect(history.body.messages.map(({ content }) => content)).toEqual(heardByAlice);
  expect(history.body.messages.map(({ seq }) => seq)).toEqual([1, 2]);
});

test('what is written offline is sent when the connection is on', async () => {
  const [alice, bob] = await Promise.all([person(0), person(1)]);
  const { body: dialog } = await alice.client.call(openDialog, {
    body: { type: 'direct', participant_ids: [bob.userId] },
  });
  const sent = ['one', 'two', 'three'].map((content) =>
    alice.client.send(dialog.id, { message_type: 'text', content }),
  );
  expect(alice.client.unsent).toBe(3);
  alice.client.connect();
  expect((await Promise.all(sent)).map(({ seq }) => seq)).toEqual([1, 2, 3]);
});

test('logging out ends the socket for good, and tells the client so', async () => {
  const alice = await person(1);
  await connected(alice);
  const ended = new Promise((resolve) => alice.client.on('logged-out', resolve));
  await alice.client.call(logOut, {});
  expect(await ended).toEqual({ code: 'SESSION_REVOKED' });
  expect(alice.client.isConnected).toBe(false);
});
