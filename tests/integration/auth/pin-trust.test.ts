import { expect, test } from 'vitest';
import { setPin } from '#services/auth/pin.ts';
import { DAY, MINUTE } from '#shared/time.ts';
import type { Database, Tx } from '#shared/sql.ts';
import { AGENT, IP, openAuth, PHONE, type TestAuth, wrong } from './open-auth.ts';

const PIN = '246810';
const NEXT_PIN = '135791';
const FORBIDDEN = { code: 'FORBIDDEN' };
const TABLET = { id: 'tablet', platform: undefined, appVersion: undefined } as const;

const setFirst = (at: TestAuth, login: Awaited<ReturnType<TestAuth['logIn']>>) =>
  at.auth.setPin(login.caller, { pin: PIN, stepUpToken: undefined });

/** The account is no longer in its first day. */
const age = (at: TestAuth) => at.run("UPDATE auth.accounts SET created_at = created_at - interval '1 day'");

async function actions(at: TestAuth) {
  return (await at.written('audit.recorded')).map(({ data }) => `${String(data['action'])} ${String(data['outcome'])}`);
}

/** A code for {@link PHONE}. */
async function code(at: TestAuth): Promise<string> {
  await at.auth.sendOtp({ phoneNumber: PHONE, country: 'TH', localeTag: 'en', ip: IP });
  return await at.codeOf(PHONE);
}

async function withPin(at: TestAuth) {
  const login = await at.logIn();
  await setFirst(at, login);
  return login;
}

test('a new device sets no first PIN for an account that is out of its first day', async () => {
  await using at = await openAuth();
  const known = await at.logIn();
  await age(at);
  for (const device of [TABLET, { ...TABLET, id: undefined }]) {
    const thief = await at.logIn(PHONE, { device });
    const details = expect.stringContaining('on a device that the account knows') as string;
    await expect(setFirst(at, thief)).rejects.toMatchObject({ ...FORBIDDEN, details });
  }
  expect(await actions(at)).toContain('auth.pin_set refused');
  await expect(setFirst(at, known)).resolves.toBeUndefined();
});

test('a new device sets no first PIN for an account that has money, however young it is', async () => {
  await using at = await openAuth();
  await at.logIn();
  const second = await at.logIn(PHONE, { device: TABLET });
  at.rich.add(second.caller.userId);
  await expect(setFirst(at, second)).rejects.toMatchObject(FORBIDDEN);
});

test('in its first day, without money, an account takes its first PIN from any of its devices', async () => {
  await using at = await openAuth();
  await at.logIn();
  await expect(setFirst(at, await at.logIn(PHONE, { device: TABLET }))).resolves.toBeUndefined();
});

test('a PIN that was set anew meanwhile is not overwritten by the change that the old one had proven', async () => {
  await using at = await openAuth();
  const { caller } = await withPin(at);
  const { stepUpToken } = await at.auth.stepUp(caller, PIN);
  // The other one comes when everything has been looked at, and before the PIN is written.
  const { database } = at.db;
  const overtaken = (tx: Tx): Tx => ({
    inTransaction: true,
    rows: async (query, values) => {
      if (query.name === 'auth.replace-pin') await at.run("UPDATE auth.pins SET hash = pins.hash || 'x'");
      return await tx.rows(query, values);
    },
  });
  const of = (): Database => ({
    rows: (query, values) => database.rows(query, values),
    transaction: (work) => database.transaction((tx) => work(overtaken(tx))),
  });
  const ports = {
    databases: { ...at.db.databases, of },
    outbox: at.db.outbox,
    secrets: at.secrets,
    tokens: at.identity.tokens,
    revocations: at.identity.revocations,
    funds: { hasAny: async () => false },
    clock: () => new Date(),
  };
  const change = setPin(ports, caller, { pin: NEXT_PIN, stepUpToken });
  await expect(change).rejects.toMatchObject({ code: 'STEP_UP_REQUIRED' });
  await expect(at.auth.stepUp(caller, NEXT_PIN)).rejects.toBeDefined();
});

test('a session that has ended since it was looked at sets no PIN, neither the first nor another', async () => {
  await using at = await openAuth();
  const known = await at.logIn();
  const other = await at.logIn();
  await at.auth.logOut(other.caller);
  await expect(setFirst(at, other)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  await setFirst(at, known);
  const { stepUpToken } = await at.auth.stepUp(known.caller, PIN);
  await at.auth.logOut(known.caller);
  const change = at.auth.setPin(known.caller, { pin: NEXT_PIN, stepUpToken });
  await expect(change).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
});

test('what the old PIN had proven is proven no more once there is another', async () => {
  await using at = await openAuth();
  const { caller } = await withPin(at);
  const { stepUpToken } = await at.auth.stepUp(caller, PIN);
  await at.auth.setPin(caller, { pin: NEXT_PIN, stepUpToken });
  await expect(at.auth.verifyStepUp(stepUpToken, caller)).rejects.toMatchObject({ code: 'STEP_UP_REQUIRED' });
  const next = await at.auth.stepUp(caller, NEXT_PIN);
  await expect(at.auth.verifyStepUp(next.stepUpToken, caller)).resolves.toBeUndefined();
});

test('a forgotten PIN is not reset on a new device, nor without a right code, nor where there is none', async () => {
  await using at = await openAuth();
  const known = await at.logIn();
  const none = at.auth.resetPin(known.caller, { pin: NEXT_PIN, code: await code(at) });
  await expect(none).rejects.toMatchObject({ code: 'CONFLICT' });
  await setFirst(at, known);
  const thief = await at.logIn(PHONE, { device: TABLET });
  const right = await code(at);
  await expect(at.auth.resetPin(thief.caller, { pin: NEXT_PIN, code: right })).rejects.toMatchObject(FORBIDDEN);
  for (let guess = 0; guess < 5; guess += 1) {
    const reset = at.auth.resetPin(known.caller, { pin: NEXT_PIN, code: wrong(right) });
    await expect(reset).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  }
  const late = at.auth.resetPin(known.caller, { pin: NEXT_PIN, code: right });
  await expect(late).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  expect(await actions(at)).toEqual(
    expect.arrayContaining(['auth.code_refused refused', 'auth.otp_exhausted refused']),
  );
  await expect(at.auth.stepUp(known.caller, PIN)).resolves.toBeDefined();
});

test('a known device and a code set another PIN: every session ends, and limits are low for a day', async () => {
  await using at = await openAuth();
  const known = await withPin(at);
  const other = await at.logIn(PHONE, { device: TABLET });
  const { stepUpToken } = await at.auth.stepUp(known.caller, PIN);
  const reset = await at.auth.resetPin(known.caller, { pin: NEXT_PIN, code: await code(at) });
  expect(reset).toMatchObject({ expiresInS: 3_600, user: { id: known.user.id } });
  for (const { accessToken } of [known, other]) {
    await expect(at.identity.authenticate(accessToken)).rejects.toMatchObject({ code: 'SESSION_REVOKED' });
  }
  const caller = await at.identity.authenticate(reset.accessToken);
  expect(caller.limitedUntil!.getTime() - Date.now()).toBeGreaterThan(DAY - MINUTE);
  expect(await at.auth.listSessions(caller)).toMatchObject([
    { device_info: { device_id: 'device-1', platform: 'mobile_ios', user_agent: AGENT } },
  ]);
  await expect(at.auth.verifyStepUp(stepUpToken, caller)).rejects.toMatchObject({ code: 'STEP_UP_REQUIRED' });
  await expect(at.auth.stepUp(caller, PIN)).rejects.toMatchObject({ code: 'PIN_INVALID' });
  await expect(at.auth.stepUp(caller, NEXT_PIN)).resolves.toBeDefined();
  const again = at.auth.resetPin(caller, { pin: PIN, code: await code(at) });
  await expect(again).rejects.toMatchObject(FORBIDDEN);
  expect((await at.written('auth.pin_reset')).map(({ data }) => data)).toEqual([{ user_id: known.user.id }]);
  expect(await actions(at)).toContain('auth.pin_reset ok');
});

test('a hundred wrong tries in a row end a PIN, however many hours they took, until another is set', async () => {
  await using at = await openAuth();
  const { caller } = await withPin(at);
  await at.run('UPDATE auth.pins SET straight_failures = 98');
  await expect(at.auth.stepUp(caller, '000000')).rejects.toMatchObject({ code: 'PIN_INVALID' });
  const last = await at.auth.stepUp(caller, '000000').catch((error: unknown) => error);
  expect(last).toMatchObject({ code: 'PIN_LOCKED', retryAfterS: undefined });
  await at.run("UPDATE auth.pins SET locked_until = locked_until - interval '1 year'");
  await expect(at.auth.stepUp(caller, PIN)).rejects.toMatchObject({ code: 'PIN_LOCKED' });
  expect((await at.written('auth.pin_ended')).map(({ data }) => data)).toEqual([{ user_id: caller.userId }]);
  expect(await actions(at)).toContain('auth.pin_ended refused');
  const reset = await at.auth.resetPin(caller, { pin: NEXT_PIN, code: await code(at) });
  const anew = await at.identity.authenticate(reset.accessToken);
  await expect(at.auth.stepUp(anew, NEXT_PIN)).resolves.toBeDefined();
});

test('a right PIN forgives all wrong ones before it', async () => {
  await using at = await openAuth();
  const { caller } = await withPin(at);
  await at.run('UPDATE auth.pins SET straight_failures = 98');
  await at.auth.stepUp(caller, PIN);
  for (let tries = 0; tries < 4; tries += 1) {
    await expect(at.auth.stepUp(caller, '000000')).rejects.toMatchObject({ code: 'PIN_INVALID' });
  }
  await expect(at.auth.stepUp(caller, PIN)).resolves.toBeDefined();
});
