import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { SeededUser } from '#tests/harness/seed.ts';
import { callNamed } from '../calls.ts';
import { expectFault, expectRefused, sameForEveryone } from '../refused.ts';
import { type Body, done, expectFields, freshNumber, PATIENCE, PIN, type World } from './world.ts';

const USER = 'id, phone_number, country_code, status, profile, created_at, updated_at';

type Text = { readonly to: string; readonly text: string; readonly locale: string };

async function inboxOf({ sandboxUrl }: World, phone: string): Promise<Text[]> {
  const response = await fetch(`${sandboxUrl}/sandbox/inbox?to=${encodeURIComponent(phone)}`);
  return (await response.json()) as Text[];
}

/** The code that has come, once it has. */
async function codeOf(world: World, phone: string): Promise<string> {
  await expect.poll(() => inboxOf(world, phone), PATIENCE).not.toEqual([]);
  const [{ text }] = (await inboxOf(world, phone)) as [Text];
  const numbers = text.match(/(?<!\d)\d{6}(?!\d)/g);
  expect(numbers).toHaveLength(1);
  return numbers![0];
}

async function logIn(world: World) {
  const { national, e164 } = freshNumber();
  const phone = { phone_number: national, country_code: 'TH' };
  await done(world, 'sendOtp', 200, { body: phone });
  const body = { ...phone, otp_code: await codeOf(world, e164) };
  const login = (await done(world, 'verifyOtp', 200, { body })) as Body & { user: Body; access_token: string };
  return { login, body, e164, token: login.access_token, refresh: String(login['refresh_token']) };
}

/** The rows of the contract's table of auth calls. */
export function authAnswers(world: () => World): void {
  test('POST /auth/otp/send answers the same for a number with an account and without, however it is written', async () => {
    const { national, e164 } = freshNumber();
    const expected = { message: expect.stringMatching(/\S/), expires_in: 300, retry_after: 60 };
    const [known] = await world().seed({ users: 1 });
    for (const phone_number of [
      known!.phone_number,
      national,
      e164,
      e164.slice(1),
      `${e164.slice(0, 3)} ${e164.slice(3)}`,
    ]) {
      const body = { phone_number, country_code: 'TH', locale: 'th' };
      const answer = await world().ask(callNamed('sendOtp'), { body });
      expect([phone_number, answer.status, answer.body]).toEqual([phone_number, 200, expected]);
    }
    for (const [phone_number, country_code] of [
      ['02 123 4567', 'TH'],
      [e164, 'SG'],
      ['0812345', 'TH'],
      ['+14155550123', 'TH'],
    ]) {
      const refused = await world().ask(callNamed('sendOtp'), { body: { phone_number, country_code } });
      expectFault(refused, 'phone_number', `${phone_number} in ${country_code}`);
    }
    await expect.poll(() => inboxOf(world(), e164), PATIENCE).not.toEqual([]);
    expect((await inboxOf(world(), e164))[0]).toMatchObject({ to: e164, locale: 'th' });
  });

  test('POST /auth/otp/verify answers tokens and the user, once, and 401 for what is wrong or spent', async () => {
    const { login, body, e164 } = await logIn(world());
    expectFields(login, 'access_token, refresh_token, expires_in, user');
    expect(login).toMatchObject({
      expires_in: 3600,
      user: { phone_number: e164, country_code: 'TH', status: 'active' },
    });
    expectFields(login.user, USER);
    expectFields(login.user['profile'], 'display_name, locale, timezone');
    const spent = await world().ask(callNamed('verifyOtp'), { body });
    const never = { phone_number: freshNumber().national, country_code: 'TH', otp_code: '123456' };
    const unknown = await world().ask(callNamed('verifyOtp'), { body: never });
    expectRefused(spent, 'UNAUTHORIZED', 'a spent code');
    expect(sameForEveryone(unknown)).toEqual(sameForEveryone(spent));
  });

  test('POST /auth/refresh gives a pair once, the same one again to who lost it, and ends the family of a thief', async () => {
    const { refresh, token } = await logIn(world());
    const trade = (refresh_token: unknown) => world().ask(callNamed('refreshSession'), { body: { refresh_token } });
    const first = await trade(refresh);
    expect([first.status, Object.keys(first.body as object).toSorted()]).toEqual([
      200,
      ['access_token', 'expires_in', 'refresh_token'],
    ]);
    expect((await trade(refresh)).body).toEqual(first.body);
    const second = (await trade((first.body as Body)['refresh_token'])).body as Body;
    expectRefused(await trade(refresh), 'UNAUTHORIZED', 'one that was spent before');
    expectRefused(await trade(second['refresh_token']), 'UNAUTHORIZED', 'the family of it');
    for (const dead of [token, String(second['access_token'])]) {
      expectRefused(await world().ask(callNamed('readProfile'), { token: dead }), 'UNAUTHORIZED', 'its access tokens');
    }
  });

  test('GET /auth/sessions lists devices, DELETE ends one with 204, and once only', async () => {
    const { token } = await logIn(world());
    const { sessions } = (await done(world(), 'listSessions', 200, { token })) as { sessions: Body[] };
    expect(sessions).toHaveLength(1);
    expectFields(sessions[0], 'id, device_info, status, last_activity_at, created_at');
    const params = { id: String(sessions[0]!['id']) };
    const [stranger] = await world().seed({ users: 1 });
    const foreign = await world().ask(callNamed('revokeSession'), { token: stranger!.access_token, params });
    expectRefused(foreign, 'NOT_FOUND', 'a session of someone else');
    const ended = await world().ask(callNamed('revokeSession'), { token, params });
    expect([ended.status, ended.text]).toEqual([204, '']);
    expectRefused(await world().ask(callNamed('listSessions'), { token }), 'UNAUTHORIZED', 'what was ended');
  });

  test('GET and PUT /users/profile answer the user; a picture must be on the public web or our own', async () => {
    const { token, login } = await logIn(world());
    expect(await done(world(), 'readProfile', 200, { token })).toEqual(login.user);
    const ours = `/api/v1/media/${randomUUID()}`;
    const change = { display_name: 'Nok', avatar_url: ours, locale: 'vi', timezone: 'Asia/Ho_Chi_Minh' };
    const changed = await done(world(), 'updateProfile', 200, { token, body: change });
    expectFields(changed, USER);
    expect(changed['profile']).toMatchObject(change);
    expect(await done(world(), 'updateProfile', 200, { token, body: {} })).toMatchObject({ profile: change });
    for (const avatar_url of [
      'http://images.example.com/a.png',
      'https://127.0.0.1/a.png',
      'https://[::1]/a.png',
      'https://169.254.169.254/latest/meta-data',
      'https://10.0.0.1/a.png',
      'https://localhost/a.png',
      'javascript:alert(1)',
      'x',
    ]) {
      const refused = await world().ask(callNamed('updateProfile'), { token, body: { avatar_url } });
      expectFault(refused, 'avatar_url', avatar_url);
    }
    for (const [field, value] of [
      ['timezone', 'Mars/Olympus'],
      ['locale', 'de'],
      ['display_name', 'x'.repeat(101)],
    ] as const) {
      const refused = await world().ask(callNamed('updateProfile'), { token, body: { [field]: value } });
      expectFault(refused, field, value);
    }
  });

  test('POST /auth/pin and /auth/step-up: 204, then only with proof; wrong is 401, the fifth time 403 for an hour', async () => {
    const { token } = await logIn(world());
    const early = await world().ask(callNamed('stepUp'), { token, body: { pin: PIN } });
    expectRefused(early, 'CONFLICT', 'no PIN yet');
    const set = await world().ask(callNamed('setPin'), { token, body: { pin: PIN } });
    expect([set.status, set.text]).toEqual([204, '']);
    const unproven = await world().ask(callNamed('setPin'), { token, body: { pin: '135791' } });
    expectRefused(unproven, 'STEP_UP_REQUIRED', 'a change without proof');
    const proof = await done(world(), 'stepUp', 200, { token, body: { pin: PIN } });
    expect(proof).toEqual({ step_up_token: expect.any(String), expires_in: 300 });
    const body = { pin: '135791', step_up_token: proof['step_up_token'] };
    expect((await world().ask(callNamed('setPin'), { token, body })).status).toBe(204);
    for (let tries = 1; tries <= 4; tries += 1) {
      const wrong = await world().ask(callNamed('stepUp'), { token, body: { pin: PIN } });
      expectRefused(wrong, 'PIN_INVALID', 'the old PIN');
    }
    for (const pin of [PIN, '135791']) {
      const locked = await world().ask(callNamed('stepUp'), { token, body: { pin } });
      expectRefused(locked, 'PIN_LOCKED', 'the fifth try');
      expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(3_500);
    }
  });

  test('POST /users/lookup answers those who have an account, at most 100 at a time', async () => {
    const [me, other] = (await world().seed({ users: 2 })) as [SeededUser, SeededUser];
    const token = me.access_token;
    const body = { phone_numbers: [other.phone_number, freshNumber().e164] };
    expect(await done(world(), 'lookUpUsers', 200, { token, body })).toEqual({
      users: [
        {
          id: other.user_id,
          display_name: expect.any(String),
          avatar_url: null,
          phone_number: other.phone_number,
        },
      ],
    });
    const many = { phone_numbers: Array.from({ length: 101 }, () => freshNumber().e164) };
    expectFault(await world().ask(callNamed('lookUpUsers'), { token, body: many }), 'phone_numbers', '101');
    const national = { phone_numbers: [freshNumber().national] };
    expectFault(await world().ask(callNamed('lookUpUsers'), { token, body: national }), 'phone_numbers.0', 'national');
  });

  test('POST /auth/logout answers a message, and the session has ended', async () => {
    const { token, refresh } = await logIn(world());
    expect(await done(world(), 'logOut', 200, { token })).toEqual({ message: expect.stringMatching(/\S/) });
    expectRefused(await world().ask(callNamed('readProfile'), { token }), 'UNAUTHORIZED', 'the token');
    const body = { refresh_token: refresh };
    expectRefused(await world().ask(callNamed('refreshSession'), { body }), 'UNAUTHORIZED', 'the refresh token');
  });

  test('GET /.well-known/jwks.json answers public keys', async () => {
    const { status, body } = await world().call('GET', '/.well-known/jwks.json');
    expect([status, body]).toEqual([200, { keys: [expect.objectContaining({ kty: 'OKP', crv: 'Ed25519' })] }]);
    expect((body as { keys: Body[] }).keys[0]).not.toHaveProperty('d');
  });
}
