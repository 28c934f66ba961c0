import { expect, test, vi } from 'vitest';
import type { ClientOptions } from '#client/tchat-client.ts';
import type { Resident } from '#tests/chaos/town.ts';
import { caughtUp, clientOf, dense, type Ear } from '../integration/realtime/clients.ts';
import { openStage } from './stage.ts';

const PATIENCE = { timeout: 30_000 };
const MESSAGES = 200;

/** Four people and a group of all of them, on two nodes. */
async function openChat() {
  const stage = await openStage({ roles: ['gateway', 'realtime-1', 'realtime-2'] });
  const people = await stage.town.residents(4, '0.00');
  const dialogId = await stage.town.group(people);
  return { cluster: stage.cluster, people, dialogId, [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose]() };
}

/** Clients choose their first node by chance; here chance alternates. */
function halfOnEach(people: readonly Resident[], urls: readonly string[], options: Partial<ClientOptions> = {}): Ear[] {
  const chance = vi.spyOn(Math, 'random');
  try {
    return people.map((person, index) => {
      chance.mockReturnValueOnce((index % urls.length) / urls.length);
      const { id: user_id, phoneNumber: phone_number, tokens } = person;
      return clientOf({ user_id, phone_number, ...tokens }, urls, options);
    });
  } finally {
    chance.mockRestore();
  }
}

async function socketsAt(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(/^realtime_sockets (\d+)$/m.exec(metrics)?.[1]);
}

test('a node that is killed under load loses, doubles and reorders nothing: its clients go on at the other', async () => {
  await using stage = await openChat();
  const { cluster, people, dialogId } = stage;
  const [first, second] = cluster.realtimeUrls;
  const ears = halfOnEach(people, [first, second], { outstandingPerDialog: 4 });
  await Promise.all(ears.map(caughtUp));
  expect(await socketsAt(first)).toBe(people.length / 2);

  const sent: Promise<unknown>[] = [];
  for (let count = 0; count < MESSAGES; count += 1) {
    const { client } = ears[count % ears.length]!;
    sent.push(client.send(dialogId, { message_type: 'text', content: `message ${count}` }));
    if (count === MESSAGES / 2) process.kill(cluster.pid('realtime-1'), 'SIGKILL');
    if (count % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await Promise.all(sent);

  const contents = Array.from({ length: MESSAGES }, (_, count) => `message ${count}`);
  for (const ear of ears) {
    await expect.poll(() => ear.versions(dialogId).length, PATIENCE).toBe(MESSAGES);
    expect(ear.versions(dialogId)).toEqual(dense(MESSAGES));
    expect(ear.contents(dialogId)).toEqual(ears[0]!.contents(dialogId));
    expect(new Set(ear.contents(dialogId))).toEqual(new Set(contents));
  }
});

test('a node that is told to stop finishes what it has begun, and its clients go on at the other', async () => {
  await using stage = await openChat();
  const { cluster, people, dialogId } = stage;
  const [first, second] = cluster.realtimeUrls;
  const ears = halfOnEach(people, [first, second]);
  await Promise.all(ears.map(caughtUp));
  expect(await socketsAt(first)).toBe(people.length / 2);

  const sent: Promise<unknown>[] = [];
  for (let count = 0; count < MESSAGES; count += 1) {
    const { client } = ears[count % ears.length]!;
    sent.push(client.send(dialogId, { message_type: 'text', content: `message ${count}` }));
    if (count === MESSAGES / 2) process.kill(cluster.pid('realtime-1'), 'SIGTERM');
    if (count % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await Promise.all(sent);

  for (const ear of ears) {
    await expect.poll(() => ear.versions(dialogId), PATIENCE).toEqual(dense(MESSAGES));
  }
  await expect
    .poll(
      () =>
        fetch(`${first}/health/live`).then(
          () => 'up',
          () => 'gone',
        ),
      PATIENCE,
    )
    .toBe('gone');
  expect(await socketsAt(second)).toBe(people.length);
});
