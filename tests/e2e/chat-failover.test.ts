import { expect, test, vi } from 'vitest';
import type { ClientOptions } from '#client/tchat-client.ts';
import { readConfig } from '#infrastructure/config/read-config.ts';
import { makeIdempotency } from '#infrastructure/idempotency/idempotency.ts';
import { openKeyManagement } from '#infrastructure/keys/open-key-management.ts';
import { openAnnouncer } from '#infrastructure/realtime-announcer/open-announcer.ts';
import { findPeople } from '#services/auth/people.ts';
import { deriveSecrets } from '#services/auth/secrets.ts';
import { seedAccounts, type SeededAccount } from '#services/auth/seed-accounts.ts';
import { readSigningKeys } from '#services/auth/signing-keys.ts';
import { makeTokens } from '#services/auth/tokens.ts';
import { makeMessaging } from '#services/messaging/service.ts';
import { type Cluster, startCluster } from '#tests/harness/cluster.ts';
import { testEnvironment } from '#tests/harness/config.ts';
import { freshDatabase } from '#tests/harness/database.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import { caughtUp, clientOf, dense, type Ear } from '../integration/realtime/clients.ts';

const PATIENCE = { timeout: 30_000 };
const MESSAGES = 200;

/** Two realtime nodes as processes, four people, and a group of all of them. */
async function openStage() {
  const opening = new AsyncDisposableStack();
  const db = opening.use(await freshDatabase());
  const cluster: Cluster = opening.use(
    await startCluster(testEnvironment(db.url, { RATE_LIMITS: 'relaxed' }), ['realtime-1', 'realtime-2']),
  );
  const config = readConfig(cluster.env);
  const clock = (): Date => new Date();
  const tokens = makeTokens({ keys: readSigningKeys(config.TOKEN_SIGNING_KEYS), issuer: config.PUBLIC_URL, clock });
  const secrets = deriveSecrets({ otpKey: config.OTP_KEY, refreshKey: config.REFRESH_KEY, pinKey: config.PIN_KEY });
  const ports = { databases: db.databases, secrets, tokens, clock };
  const people = await seedAccounts(ports, { count: 4, role: 'user' });
  const { REDIS_URL: redisUrl, REDIS_PREFIX: prefix } = config;
  const announcer = opening.use(await openAnnouncer({ redisUrl, prefix, name: 'test', log: quietLog }));
  const messaging = makeMessaging({
    databases: db.databases,
    outbox: db.outbox,
    idempotency: makeIdempotency(),
    people: { find: (ids) => findPeople(db.databases, ids) },
    keyManagement: openKeyManagement(config),
    announcer,
  });
  const [owner, ...others] = people as [SeededAccount, ...SeededAccount[]];
  const { dialog } = await messaging.openDialog(
    { userId: owner.user_id, country: 'TH' },
    { type: 'group', name: 'all of us', participant_ids: others.map(({ user_id: id }) => id) },
  );
  return { cluster, people, dialog, [Symbol.asyncDispose]: () => opening.disposeAsync() };
}

/** Clients choose their first node by chance; here chance alternates. */
function halfOnEach(
  people: readonly SeededAccount[],
  urls: readonly string[],
  options: Partial<ClientOptions> = {},
): Ear[] {
  const chance = vi.spyOn(Math, 'random');
  try {
    return people.map((person, index) => {
      chance.mockReturnValueOnce((index % urls.length) / urls.length);
      return clientOf(person, urls, options);
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
  await using stage = await openStage();
  const { cluster, people, dialog } = stage;
  const [first, second] = cluster.realtimeUrls;
  const ears = halfOnEach(people, [first, second], { outstandingPerDialog: 4 });
  await Promise.all(ears.map(caughtUp));
  expect(await socketsAt(first)).toBe(people.length / 2);

  const sent: Promise<unknown>[] = [];
  for (let count = 0; count < MESSAGES; count += 1) {
    const { client } = ears[count % ears.length]!;
    sent.push(client.send(dialog.id, { message_type: 'text', content: `message ${count}` }));
    if (count === MESSAGES / 2) process.kill(cluster.pid('realtime-1'), 'SIGKILL');
    if (count % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await Promise.all(sent);

  const contents = Array.from({ length: MESSAGES }, (_, count) => `message ${count}`);
  for (const ear of ears) {
    await expect.poll(() => ear.versions(dialog.id).length, PATIENCE).toBe(MESSAGES);
    expect(ear.versions(dialog.id)).toEqual(dense(MESSAGES));
    expect(ear.contents(dialog.id)).toEqual(ears[0]!.contents(dialog.id));
    expect(new Set(ear.contents(dialog.id))).toEqual(new Set(contents));
  }
});

test('a node that is told to stop finishes what it has begun, and its clients go on at the other', async () => {
  await using stage = await openStage();
  const { cluster, people, dialog } = stage;
  const [first, second] = cluster.realtimeUrls;
  const ears = halfOnEach(people, [first, second]);
  await Promise.all(ears.map(caughtUp));
  expect(await socketsAt(first)).toBe(people.length / 2);

  const sent: Promise<unknown>[] = [];
  for (let count = 0; count < MESSAGES; count += 1) {
    const { client } = ears[count % ears.length]!;
    sent.push(client.send(dialog.id, { message_type: 'text', content: `message ${count}` }));
    if (count === MESSAGES / 2) process.kill(cluster.pid('realtime-1'), 'SIGTERM');
    if (count % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await Promise.all(sent);

  for (const ear of ears) {
    await expect.poll(() => ear.versions(dialog.id), PATIENCE).toEqual(dense(MESSAGES));
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
