import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SeededAccount } from '#services/auth/seed-accounts.ts';
import type { ConnectErrorData } from '#shared/sockets/ack.ts';
import { HOUR } from '#shared/time.ts';
import { asked, connected, next, openCluster, socketOf, type TestCluster, text } from './open-cluster.ts';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await openCluster();
});
afterAll(() => cluster[Symbol.asyncDispose]());

/** The code with which a token is refused. */
async function codeFor(token: unknown, options: object = {}): Promise<string | undefined> {
  const socket = socketOf(cluster.nodes[0]!, token, options);
  const refusal = next<Error & { data?: ConnectErrorData }>(socket, 'connect_error');
  const admission = next(socket, 'connect').then(
    () => 'admitted',
    () => undefined,
  );
  return await Promise.race([refusal.then((error) => error.data?.code), admission]);
}

/** A token of this person's session that was issued then. */
async function tokenFrom(person: SeededAccount, issuedAt: Date): Promise<string> {
  const caller = await cluster.identity.authenticate(person.access_token);
  return await cluster.identity.tokens.signAccess({ ...caller, tokenId: 'test', issuedAt });
}

/** A connection below Socket.IO, as a hostile client makes it; resolves once it is open. */
async function rawSocket(): Promise<WebSocket> {
  const url = `${cluster.nodes[0]!.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;
  const socket = new WebSocket(url);
  await once(socket, 'open');
  return socket;
}

test.each([undefined, '', 'nonsense', 42, {}, ['a'], 'x'.repeat(10_000)])('the token %j is refused', async (token) => {
  expect(await codeFor(token)).toBe('UNAUTHORIZED');
});

test('a token whose last character was changed is refused', async () => {
  const [person] = await cluster.people(1);
  const token = person!.access_token;
  expect(await codeFor(token.slice(0, -2) + (token.at(-2) === 'A' ? 'B' : 'A') + token.at(-1))).toBe('UNAUTHORIZED');
});

test('a spent token is refused as such, so that the client knows to renew it', async () => {
  const [person] = await cluster.people(1);
  expect(await codeFor(await tokenFrom(person!, new Date(Date.now() - 2 * HOUR)))).toBe('TOKEN_EXPIRED');
});

test('staff who owe their second factor get no socket, nor do those whose role does not chat', async () => {
  const [person] = await cluster.people(1);
  const caller = await cluster.identity.authenticate(person!.access_token);
  const signed = (role: 'ops' | 'auditor', owesSecondFactor: boolean) => {
    const issuedAt = new Date();
    return cluster.identity.tokens.signAccess({ ...caller, role, owesSecondFactor, tokenId: 'test', issuedAt });
  };
  expect(await codeFor(await signed('ops', true))).toBe('FORBIDDEN');
  expect(await codeFor(await signed('auditor', false))).toBe('FORBIDDEN');
  expect(await codeFor(await signed('ops', false))).toBe('admitted');
});

test('a session that was logged out elsewhere gets no socket', async () => {
  const [person] = await cluster.people(1);
  await cluster.logOut(person!);
  await expect.poll(() => codeFor(person!.access_token)).toBe('SESSION_REVOKED');
});

test.each(['token', 'access_token', 'auth'])(
  'a good token in the query as %s is refused, and told why',
  async (name) => {
    const [person] = await cluster.people(1);
    const query = { [name]: person!.access_token };
    expect(await codeFor(person!.access_token, { query })).toBe('UNAUTHORIZED');
    expect(await codeFor(undefined, { query })).toBe('UNAUTHORIZED');
  },
);

test('a page of another origin is refused, our own is not', async () => {
  const [person] = await cluster.people(1);
  const from = (origin: string) => codeFor(person!.access_token, { extraHeaders: { Origin: origin } });
  expect(await from('https://evil.example')).toBeUndefined();
  expect(await from(cluster.config.ALLOWED_ORIGINS[0]!)).toBe('admitted');
});

test('long polling is refused', async () => {
  const response = await fetch(`${cluster.nodes[0]!.url}/socket.io/?EIO=4&transport=polling`);
  expect(response.status).toBe(400);
});

test('the sixth socket of a user is refused, until one of the five has gone', async () => {
  const [person] = await cluster.people(1);
  const five = await Promise.all([1, 2, 3, 4, 5].map(() => connected(cluster.nodes[0]!, person!)));
  expect(await codeFor(person!.access_token)).toBe('TOO_MANY_SOCKETS');
  five[0]!.disconnect();
  await expect.poll(() => codeFor(person!.access_token)).toBe('admitted');
});

test('an event before the token closes the connection', async () => {
  const socket = await rawSocket();
  socket.send('42["message:send",{}]');
  await once(socket, 'close');
});

test('a frame above 64 KiB closes the connection', async () => {
  const socket = await rawSocket();
  socket.send(`42["sync","${'x'.repeat(65 * 1024)}"]`);
  await once(socket, 'close');
});

test('binary is refused, as a frame and as an attachment that is never sent', async () => {
  for (const packet of [new Uint8Array([1, 2, 3]), '451-["message:send",{"_placeholder":true,"num":0}]']) {
    const socket = await rawSocket();
    socket.send(packet);
    await once(socket, 'close');
  }
});

test('an admitted client may be hostile too, and the node goes on serving others', async () => {
  const [person, other] = await cluster.people(2);
  const dialog = await cluster.dialogOf(person!, other!);
  const socket = await connected(cluster.nodes[0]!, person!);
  for (const packet of [
    '45["x"]',
    '4',
    '42',
    '42{}',
    '42[1,2]',
    '42["error",{}]',
    '42["connect"]',
    '9',
    '43["never asked"]',
    `42["message:send",${'['.repeat(30_000)}${']'.repeat(30_000)}]`,
  ]) {
    const victim = await rawSocket();
    victim.send(`40${JSON.stringify({ token: other!.access_token })}`);
    victim.send(packet);
    await new Promise((resolve) => setTimeout(resolve, 5));
    victim.close();
  }
  expect(await asked(socket, 'message:send', text(dialog))).toMatchObject({ seq: 1 });
});

test('a client that leaves the namespace does not keep its connection', async () => {
  const [person] = await cluster.people(1);
  const socket = await rawSocket();
  socket.send(`40${JSON.stringify({ token: person!.access_token })}`);
  socket.addEventListener('message', ({ data }) => String(data).startsWith('40') && socket.send('41'));
  await once(socket, 'close');
});
