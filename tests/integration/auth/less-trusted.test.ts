import { expect, test } from 'vitest';
import { DAY, MINUTE } from '#shared/time.ts';
import { openAuth, PHONE, type TestAuth } from './open-auth.ts';

const FORBIDDEN = { code: 'FORBIDDEN', details: expect.stringContaining('Step-Up') as string };
const PIN = '246810';

const on = (at: TestAuth, id: string | undefined) =>
  at.logIn(PHONE, { device: { id, platform: undefined, appVersion: undefined } });

/** A device that its account has known for long, with a PIN, and one that is new to it. */
async function openTwo() {
  const at = await openAuth();
  const known = await on(at, 'known');
  await at.auth.setPin(known.caller, { pin: PIN, stepUpToken: undefined });
  await at.run("UPDATE auth.accounts SET created_at = created_at - interval '1 day'");
  return { at, known, fresh: await on(at, 'fresh'), [Symbol.asyncDispose]: () => at[Symbol.asyncDispose]() };
}

test('a new device ends no session that is trusted more, with a proof that is none either', async () => {
  await using two = await openTwo();
  const { at, known, fresh } = two;
  await expect(at.auth.revokeSession(fresh.caller, known.caller.sessionId)).rejects.toMatchObject(FORBIDDEN);
  await expect(at.auth.revokeOtherSessions(fresh.caller)).rejects.toMatchObject(FORBIDDEN);
  const { stepUpToken } = await at.auth.stepUp(known.caller, PIN);
  await expect(at.auth.revokeOtherSessions(fresh.caller, stepUpToken)).rejects.toMatchObject({
    code: 'STEP_UP_REQUIRED',
  });
  await expect(at.identity.authenticate(known.accessToken)).resolves.toBeDefined();
  const audit = (await at.written('audit.recorded')).filter(({ data }) => data['outcome'] === 'refused');
  expect(audit.map(({ data }) => data['action'])).toEqual(['auth.session_revoked', 'auth.session_revoked']);
});

test('with the PIN the owner ends the phone that was stolen, and without it what is as new as their own', async () => {
  await using two = await openTwo();
  const { at, known, fresh } = two;
  const other = await on(at, undefined);
  await expect(at.auth.revokeSession(fresh.caller, other.caller.sessionId)).resolves.toBeUndefined();
  const { stepUpToken } = await at.auth.stepUp(fresh.caller, PIN);
  await expect(at.auth.revokeSession(fresh.caller, known.caller.sessionId, stepUpToken)).resolves.toBeUndefined();
  await expect(at.identity.authenticate(known.accessToken)).rejects.toMatchObject({ code: 'SESSION_REVOKED' });
});

test('without a PIN the owner on a new phone ends the one that was stolen, which then sets none, and limits are low', async () => {
  await using two = await openTwo();
  const { at, known } = two;
  await at.run('DELETE FROM auth.pins');
  await at.run("UPDATE auth.sessions SET limited_until = now() + interval '1 hour' WHERE limited_until IS NOT NULL");
  const { caller, refreshToken } = two.fresh;
  await expect(at.auth.revokeSession(caller, known.caller.sessionId)).resolves.toBeUndefined();
  const set = at.auth.setPin(known.caller, { pin: PIN, stepUpToken: undefined });
  await expect(set).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  const again = await on(at, 'known');
  await expect(at.auth.setPin(again.caller, { pin: PIN, stepUpToken: undefined })).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
  const pair = await at.auth.refreshSession({ refreshToken, userAgent: 'a', ip: '203.0.113.7' });
  const fresh = await at.identity.authenticate(pair.accessToken);
  for (const { limitedUntil } of [again.caller, fresh]) {
    expect(limitedUntil!.getTime() - Date.now()).toBeGreaterThan(DAY - MINUTE);
  }
  expect(await at.auth.revokeOtherSessions(fresh)).toBe(1);
});

test('a known device ends all others, and in its first day an account’s devices are worth the same', async () => {
  await using two = await openTwo();
  expect(await two.at.auth.revokeOtherSessions(two.known.caller)).toBe(1);
  await two.at.run('UPDATE auth.accounts SET created_at = now()');
  const fresh = await on(two.at, 'fresh');
  await expect(two.at.auth.revokeSession(fresh.caller, two.known.caller.sessionId)).resolves.toBeUndefined();
});

test('login after login from new devices ends no session that is trusted more', async () => {
  await using two = await openTwo();
  for (let login = 0; login < 5; login += 1) await on(two.at, undefined);
  const live = await two.at.auth.listSessions(two.known.caller);
  expect(live).toHaveLength(5);
  expect(live.map(({ id }) => id)).toContain(two.known.caller.sessionId);
});

test('a client that gives no device id is on a new device every time, whatever it calls itself', async () => {
  await using at = await openAuth();
  expect((await on(at, undefined)).caller.limitedUntil).toBeUndefined();
  expect((await on(at, undefined)).caller.limitedUntil).toBeDefined();
  const { user, caller } = await on(at, 'phone');
  expect(caller.limitedUntil).toBeDefined();
  await at.run('DELETE FROM auth.devices');
  for (const [key, hours] of Object.entries({ none: 26, 'id:phone': 25 })) {
    await at.run(
      'INSERT INTO auth.devices (account_id, device_key, first_seen_at) VALUES ($1, $2, now() - make_interval(hours => $3))',
      [user.id, key, hours],
    );
  }
  expect((await on(at, undefined)).caller.limitedUntil).toBeDefined();
  expect((await on(at, 'phone')).caller.limitedUntil).toBeUndefined();
  const told = (await at.written('auth.logged_in')).map(({ data }) => data['new_device']);
  expect(told).toEqual([false, true, true, true, false]);
});

test('no access token outlives its session', async () => {
  await using at = await openAuth();
  const { refreshToken } = await at.logIn();
  await at.run("UPDATE auth.sessions SET expires_at = now() + interval '10 minutes'");
  const pair = await at.auth.refreshSession({ refreshToken, userAgent: 'a', ip: '203.0.113.7' });
  expect(pair.expiresInS).toBeLessThanOrEqual(600);
  expect(pair.expiresInS).toBeGreaterThan(590);
  const { expiresAt } = await at.identity.authenticate(pair.accessToken);
  expect(expiresAt.getTime() - Date.now()).toBeLessThanOrEqual(600_000);
});
