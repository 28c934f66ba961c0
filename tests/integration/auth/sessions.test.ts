import { expect, test, vi } from 'vitest';
import { openRevocations } from '#services/auth/revocations.ts';
import type { SessionId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { MINUTE, SECOND } from '#shared/time.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import { AGENT, IP, openAuth, type TestAuth } from './open-auth.ts';

const REVOKED = { code: 'SESSION_REVOKED' };
/** A feed on which nothing is ever heard. */
const silentFeed = { publish: async () => undefined, subscribe: () => () => undefined };

function sixLogins(at: TestAuth) {
  return [1, 2, 3, 4, 5, 6].reduce<Promise<Awaited<ReturnType<TestAuth['logIn']>>[]>>(
    async (before) => [...(await before), await at.logIn()],
    Promise.resolve([]),
  );
}

test('the session of someone else cannot be revoked, nor one that is not there', async () => {
  await using at = await openAuth();
  const mine = await at.logIn('+66812345678');
  const theirs = await at.logIn('+66898765432');
  for (const id of [theirs.caller.sessionId, newId<SessionId>('TH'), newId<SessionId>('VN')]) {
    await expect(at.auth.revokeSession(mine.caller, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  }
  await expect(at.identity.authenticate(theirs.accessToken)).resolves.toBeDefined();
});

test('a logged-out session is dead at once here, and within a second in another process', async () => {
  await using at = await openAuth();
  const other = await at.openNode();
  const cut: SessionId[] = [];
  other.revocations.onRevoked((id) => cut.push(id));
  const { accessToken, refreshToken, caller } = await at.logIn();
  await expect(other.authenticate(accessToken)).resolves.toBeDefined();
  await at.auth.logOut(caller);
  await expect(at.identity.authenticate(accessToken)).rejects.toMatchObject(REVOKED);
  await vi.waitFor(() => expect(other.authenticate(accessToken)).rejects.toMatchObject(REVOKED), {
    timeout: SECOND,
    interval: 10,
  });
  expect(cut).toEqual([caller.sessionId]);
  await expect(at.auth.refreshSession({ refreshToken, userAgent: AGENT, ip: IP })).rejects.toMatchObject({
    code: 'UNAUTHORIZED',
  });
});

test('a process that hears nothing learns of an ended session from Postgres', async () => {
  await using at = await openAuth();
  const { caller } = await at.logIn();
  await at.auth.logOut(caller);
  const deaf = await openRevocations({ databases: at.db.databases, feed: silentFeed, log: quietLog });
  expect(() => deaf.check(caller.sessionId, 'TH')).toThrow(expect.objectContaining(REVOKED));
  expect(() => deaf.check(newId('TH'), 'TH')).not.toThrow();
  await deaf.close();
});

test('losing all of Redis brings no session back', async () => {
  await using at = await openAuth();
  const { accessToken, caller } = await at.logIn();
  await at.auth.logOut(caller);
  await at.budgetsRedis.flushall();
  const restarted = await at.openNode();
  await expect(restarted.authenticate(accessToken)).rejects.toMatchObject(REVOKED);
  await expect(at.identity.authenticate(accessToken)).rejects.toMatchObject(REVOKED);
});

test('a session is revoked while Redis is away, and the polling of others finds it', async () => {
  await using at = await openAuth();
  const { accessToken, caller } = await at.logIn();
  await Promise.all(at.redis.map((connection) => connection.quit()));
  await at.auth.logOut(caller);
  await expect(at.identity.authenticate(accessToken)).rejects.toMatchObject(REVOKED);
  const restarted = await at.openNode();
  await expect(restarted.authenticate(accessToken)).rejects.toMatchObject(REVOKED);
});

test('when Postgres has not answered for thirty seconds, nobody is let in', async () => {
  await using at = await openAuth();
  let nowMs = 0;
  const revocations = await openRevocations({
    databases: at.db.databases,
    feed: silentFeed,
    log: quietLog,
    nowMs: () => nowMs,
  });
  nowMs = 30 * SECOND - 1;
  expect(() => revocations.check(newId('TH'), 'TH')).not.toThrow();
  nowMs = 30 * SECOND;
  expect(() => revocations.check(newId('TH'), 'TH')).toThrow(expect.objectContaining({ code: 'RETRY_LATER' }));
  expect(revocations.isFresh()).toBe(false);
  await revocations.close();
});

test('the sixth login ends the oldest session, which is announced and told', async () => {
  await using at = await openAuth();
  const logins = await sixLogins(at);
  const live = await at.auth.listSessions(logins[5]!.caller);
  expect(live.map(({ id }) => id)).toEqual(
    logins
      .slice(1)
      .map(({ caller }) => caller.sessionId)
      .toReversed(),
  );
  await expect(at.identity.authenticate(logins[0]!.accessToken)).rejects.toMatchObject(REVOKED);
  await expect(at.identity.authenticate(logins[1]!.accessToken)).resolves.toBeDefined();
  expect((await at.written('auth.session_revoked')).map(({ data }) => data)).toEqual([
    { user_id: logins[0]!.user.id, session_id: logins[0]!.caller.sessionId, reason: 'too_many_sessions' },
  ]);
});

test('a user sees where they are logged in and ends one of the sessions', async () => {
  await using at = await openAuth();
  const phone = await at.logIn();
  const tablet = await at.logIn(undefined, { device: { id: 'tablet', platform: 'mobile_android', appVersion: '2' } });
  const sessions = await at.auth.listSessions(tablet.caller);
  expect(sessions).toMatchObject([
    {
      id: tablet.caller.sessionId,
      is_current: true,
      status: 'active',
      device_info: { device_id: 'tablet', ip_address: IP },
    },
    { id: phone.caller.sessionId, is_current: false, device_info: { device_id: 'device-1', user_agent: AGENT } },
  ]);
  await at.auth.revokeSession(tablet.caller, phone.caller.sessionId);
  expect(await at.auth.listSessions(tablet.caller)).toHaveLength(1);
  await expect(at.auth.revokeSession(tablet.caller, phone.caller.sessionId)).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  await expect(at.identity.authenticate(phone.accessToken)).rejects.toMatchObject(REVOKED);
});

test('a user ends all sessions but the one that asks, and nobody else’s', async () => {
  await using at = await openAuth();
  const other = await at.logIn('+66898765432');
  const logins = [await at.logIn(), await at.logIn(), await at.logIn()] as const;
  const node = await at.openNode();
  expect(await at.auth.revokeOtherSessions(logins[1].caller)).toBe(2);
  for (const ended of [logins[0], logins[2]]) {
    await expect(at.identity.authenticate(ended.accessToken)).rejects.toMatchObject(REVOKED);
    await vi.waitFor(() => expect(node.authenticate(ended.accessToken)).rejects.toMatchObject(REVOKED), SECOND);
  }
  expect(await at.auth.listSessions(logins[1].caller)).toMatchObject([{ is_current: true }]);
  await expect(at.identity.authenticate(other.accessToken)).resolves.toBeDefined();
  expect(await at.auth.revokeOtherSessions(logins[1].caller)).toBe(0);
});

test('the list of devices tells when each was last used, though using one asks no database', async () => {
  await using at = await openAuth();
  const used = await at.logIn();
  const idle = await at.logIn(undefined, { device: { id: 'tablet', platform: 'web', appVersion: undefined } });
  await at.identity.activity.write();
  await at.run("UPDATE auth.sessions SET last_activity_at = now() - interval '1 hour'");
  await at.identity.authenticate(used.accessToken);
  const hourAgo = (await at.auth.listSessions(used.caller)).map(({ last_activity_at: at }) => Date.parse(at));
  for (const moment of hourAgo) expect(moment).toBeLessThan(Date.now() - 59 * MINUTE);
  await at.identity.activity.write();
  const byId = new Map((await at.auth.listSessions(used.caller)).map((session) => [session.id, session]));
  expect(Date.parse(byId.get(used.caller.sessionId)!.last_activity_at)).toBeGreaterThan(Date.now() - MINUTE);
  expect(Date.parse(byId.get(idle.caller.sessionId)!.last_activity_at)).toBeLessThan(Date.now() - 59 * MINUTE);
});
