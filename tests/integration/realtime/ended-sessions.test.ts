import { expect, test, vi } from 'vitest';
import { openKeyManagement } from '#infrastructure/keys/open-key-management.ts';
import { refreshSession } from '#services/auth/refresh-session.ts';
import { suspendUser } from '#services/auth/account-life/suspend-user.ts';
import { rotateSigningKeys } from '#services/auth/rotate-signing-keys.ts';
import { deriveSecrets } from '#services/auth/secrets.ts';
import { SECOND } from '#shared/time.ts';
import type { SeededAccount } from '#services/auth/seed-accounts.ts';
import { connected, next, openCluster, type TestCluster } from './open-cluster.ts';
import { openOwnRedis } from './own-redis.ts';

function portsOf({ db, config, identity }: TestCluster) {
  const { OTP_KEY: otpKey, REFRESH_KEY: refreshKey, PIN_KEY: pinKey } = config;
  return {
    databases: db.databases,
    outbox: db.outbox,
    secrets: deriveSecrets({ otpKey, refreshKey, pinKey }),
    tokens: identity.tokens,
    revocations: identity.revocations,
    clock: () => new Date(),
  };
}

/** A socket of this person on each node: what they are told when it ends, and that it ends. */
async function sockets(cluster: TestCluster, person: SeededAccount) {
  const open = await Promise.all(cluster.nodes.map((node) => connected(node, person)));
  const told = Promise.all(open.map((socket) => next(socket, 'session:revoked')));
  const cut = Promise.all(open.map((socket) => next<string>(socket, 'disconnect')));
  return { open, told, cut };
}

const CUT_BY_US = ['io server disconnect', 'io server disconnect'];

test('a refresh token that was used by two cuts the sockets of its session on every node', async () => {
  await using cluster = await openCluster({ RATE_LIMITS: 'relaxed' });
  const [owner] = await cluster.people(1);
  const { cut, told } = await sockets(cluster, owner!);
  const use = (userAgent: string) =>
    refreshSession(portsOf(cluster), { refreshToken: owner!.refresh_token, userAgent, ip: '203.0.113.7' });
  await use('owner/1');
  await expect(use('thief/1')).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  await told;
  expect(await cut).toEqual(CUT_BY_US);
});

test('who is suspended is refused at once, and their sockets are cut within five seconds on every node', async () => {
  await using cluster = await openCluster({ RATE_LIMITS: 'relaxed' });
  const [person, officer] = await cluster.people(2);
  const { cut } = await sockets(cluster, person!);
  const ports = portsOf(cluster);
  const ops = await cluster.identity.authenticate(officer!.access_token);
  const late = AbortSignal.timeout(5 * SECOND);
  await suspendUser(ports, ops, person!.user_id, 'spam');
  await expect(cluster.identity.authenticate(person!.access_token)).rejects.toMatchObject({ code: 'SESSION_REVOKED' });
  expect(await cut).toEqual(CUT_BY_US);
  expect(late.aborted).toBe(false);
  const asked = { refreshToken: person!.refresh_token, userAgent: 'owner/1', ip: '203.0.113.7' };
  await expect(refreshSession(ports, asked)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
});

test('a signing key that is withdrawn cuts the sockets that were opened with its tokens', async () => {
  await using cluster = await openCluster({ RATE_LIMITS: 'relaxed' });
  const [before] = (await cluster.people(1)) as [SeededAccount];
  const { cut } = await sockets(cluster, before);
  const { db, config } = cluster;
  await rotateSigningKeys(
    { databases: db.databases, outbox: db.outbox, wrapping: openKeyManagement(config) },
    { now: true },
  );
  const late = AbortSignal.timeout(15 * SECOND);
  // Their clients may come back, with a token that they refresh.
  expect(await cut).toEqual(['transport close', 'transport close']);
  expect(late.aborted).toBe(false);
  // Whoever signs may find the new key a little later than those who check.
  const again = async () => await connected(cluster.nodes[0]!, (await cluster.people(1))[0]!);
  await expect(vi.waitFor(again, { timeout: 15 * SECOND, interval: SECOND })).resolves.toBeDefined();
});

test('without Redis every node finds within thirty seconds by itself that a session has ended', async () => {
  await using redis = await openOwnRedis();
  await using cluster = await openCluster({ RATE_LIMITS: 'relaxed', REDIS_URL: redis.url });
  const [person] = await cluster.people(1);
  const { cut } = await sockets(cluster, person!);
  await redis.stop();
  const late = AbortSignal.timeout(30 * SECOND);
  await cluster.logOut(person!);
  expect(await cut).toEqual(CUT_BY_US);
  expect(late.aborted).toBe(false);
});
