import { expect, test } from 'vitest';
import { statement } from '#shared/sql.ts';
import { attempt, IP, openAuth, PHONE, type TestAuth } from './open-auth.ts';

const PIN = '246810';
const NEXT_PIN = '135791';
const FORBIDDEN = { code: 'FORBIDDEN' };

type Kept = Record<'account_id' | 'device_key' | 'first_seen_at' | 'proven_at', unknown>;
type Stolen = { readonly hasPin?: boolean; readonly hours?: number; readonly deviceId?: string | undefined };
type Login = Awaited<ReturnType<TestAuth['logIn']>>;

const on = (at: TestAuth, id: string | undefined) =>
  at.logIn(PHONE, { device: { id, platform: undefined, appVersion: undefined } });

/** As if so much time had gone by since everything that happened. */
async function pass(at: TestAuth, hours: number): Promise<void> {
  await at.run('UPDATE auth.accounts SET created_at = created_at - make_interval(hours => $1)', [hours]);
  // The role of the product may not write when a device was first seen.
  const kept = await at.db.database.rows<Kept>(statement('test.devices', 'SELECT * FROM auth.devices'));
  await at.run('DELETE FROM auth.devices');
  for (const { account_id, device_key, first_seen_at, proven_at } of kept) {
    await at.run(
      `INSERT INTO auth.devices (account_id, device_key, first_seen_at, proven_at)
       VALUES ($1, $2, $3::timestamptz - make_interval(hours => $5), $4)`,
      [account_id, device_key, first_seen_at, proven_at, hours],
    );
  }
  await at.run(
    'UPDATE auth.sessions SET created_at = created_at - make_interval(hours => $1), limited_until = limited_until - make_interval(hours => $1)',
    [hours],
  );
}

async function code(at: TestAuth): Promise<string> {
  await at.auth.sendOtp({ phoneNumber: PHONE, country: 'TH', localeTag: 'en', ip: IP });
  return await at.codeOf(PHONE);
}

const setFirst = (at: TestAuth, { caller }: Login) => at.auth.setPin(caller, { pin: PIN, stepUpToken: undefined });

/** An owner of two days, with a PIN or without one, and somebody who has had their number for so many hours. */
async function openStolen({ hasPin = true, hours = 0, ...thief }: Stolen = {}) {
  const at = await openAuth();
  const owner = await at.logIn();
  if (hasPin) await setFirst(at, owner);
  await pass(at, 48);
  const first = await on(at, 'deviceId' in thief ? thief.deviceId : 'thief');
  if (hours > 0) await pass(at, hours);
  // Limits that are past are in no token.
  const { limitedUntil: _, ...unlimited } = first.caller;
  const later: Login = hours === 0 ? first : { ...first, caller: unlimited };
  return { at, owner, thief: later, [Symbol.asyncDispose]: () => at[Symbol.asyncDispose]() };
}

test.each(['thief', undefined])('a day of waiting with codes alone resets no PIN, on device %s', async (deviceId) => {
  await using stolen = await openStolen({ hours: 25, deviceId });
  const { at, thief, owner } = stolen;
  const refused = at.auth.resetPin(thief.caller, { pin: NEXT_PIN, code: await code(at) });
  await expect(refused).rejects.toMatchObject(FORBIDDEN);
  await expect(at.auth.stepUp(owner.caller, PIN)).resolves.toBeDefined();
});

test.each(['thief', undefined])(
  'a day of waiting with codes alone sets no first PIN, on device %s',
  async (deviceId) => {
    await using stolen = await openStolen({ hasPin: false, hours: 25, deviceId });
    await expect(setFirst(stolen.at, stolen.thief)).rejects.toMatchObject(FORBIDDEN);
    await expect(setFirst(stolen.at, await on(stolen.at, deviceId))).rejects.toMatchObject(FORBIDDEN);
    await expect(setFirst(stolen.at, stolen.owner)).resolves.toBeUndefined();
  },
);

test('whoever was not proven waits for a week, and the event says that it is late for a first PIN', async () => {
  await using stolen = await openStolen({ hasPin: false, hours: 6 * 24 });
  const { at, thief } = stolen;
  await expect(setFirst(at, thief)).rejects.toMatchObject(FORBIDDEN);
  await pass(at, 25);
  await expect(setFirst(at, thief)).resolves.toBeUndefined();
  const told = (await at.written('auth.pin_set')).map(({ data }) => data);
  expect(told).toEqual([{ user_id: thief.caller.userId, is_first: true, in_first_day: false }]);
});

test('a device that was new resets the PIN a day after it has given the right one', async () => {
  await using stolen = await openStolen();
  const { at } = stolen;
  const fresh = await on(at, 'phone');
  await at.auth.stepUp(fresh.caller, PIN);
  await pass(at, 25);
  const later = await on(at, 'phone');
  expect(later.caller.limitedUntil).toBeUndefined();
  await expect(at.auth.resetPin(later.caller, { pin: NEXT_PIN, code: await code(at) })).resolves.toBeDefined();
});

test.each([0, 25])('after %i hours five wrong PINs of a thief end their session, and lock no PIN', async (hours) => {
  await using stolen = await openStolen({ hours });
  const { at, thief, owner } = stolen;
  const wrong = Array.from({ length: 20 }, (_, place) => String(place).padStart(6, '0'));
  const tries = await Promise.all(
    wrong.map((pin) => at.auth.stepUp(thief.caller, pin).catch(({ code: refusal }: { code: string }) => refusal)),
  );
  expect(tries.filter((refusal) => refusal === 'PIN_INVALID')).toHaveLength(4);
  expect(new Set(tries)).toEqual(
    new Set(['PIN_INVALID', 'SESSION_REVOKED', 'UNAUTHORIZED']).intersection(new Set(tries)),
  );
  await expect(at.identity.authenticate(thief.accessToken)).rejects.toMatchObject({ code: 'SESSION_REVOKED' });
  expect((await at.written('auth.session_revoked')).map(({ data }) => data['reason'])).toEqual(['pin_tries']);
  await expect(at.auth.stepUp(owner.caller, '000000')).rejects.toMatchObject({ code: 'PIN_INVALID' });
  await expect(at.auth.stepUp(owner.caller, PIN)).resolves.toBeDefined();
});

test('a hundred wrong PINs of thieves close the PIN to unproven devices, and not to its owner', async () => {
  await using stolen = await openStolen();
  const { at, thief, owner } = stolen;
  await at.run('UPDATE auth.pins SET stranger_failures = 99');
  await expect(at.auth.stepUp(thief.caller, '000000')).rejects.toMatchObject({ code: 'PIN_LOCKED' });
  await expect(at.auth.stepUp(thief.caller, PIN)).rejects.toMatchObject({ code: 'PIN_LOCKED' });
  expect(await at.written('auth.pin_ended')).toEqual([]);
  await expect(at.auth.stepUp(owner.caller, PIN)).resolves.toBeDefined();
  await expect(at.auth.stepUp(thief.caller, PIN)).resolves.toBeDefined();
});

test('wrong PINs of whoever has the number of an idle account lock it to them, and not to its owner', async () => {
  await using stolen = await openStolen();
  const { at, owner } = stolen;
  await at.run('UPDATE auth.accounts SET last_login_on = last_login_on - 91');
  await at.run("UPDATE auth.sessions SET last_activity_at = last_activity_at - interval '91 days'");
  const device = { id: 'another', platform: undefined, appVersion: undefined };
  const right = await code(at);
  const logIn = (pin: string) => at.auth.verifyOtp({ ...attempt(right), device, pin });
  for (let tries = 0; tries < 4; tries += 1) {
    await expect(logIn('000000')).rejects.toMatchObject({ code: 'PIN_INVALID' });
  }
  await expect(logIn('000000')).rejects.toMatchObject({ code: 'PIN_LOCKED' });
  await expect(logIn(PIN)).rejects.toMatchObject({ code: 'PIN_LOCKED' });
  await expect(at.auth.stepUp(owner.caller, PIN)).resolves.toBeDefined();
  await expect(logIn(PIN)).resolves.toBeDefined();
});
