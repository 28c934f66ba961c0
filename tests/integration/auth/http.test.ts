import { expect, test } from 'vitest';
import { verifyOtp } from '#shared/contracts/auth/otp.ts';
import { refreshSession } from '#shared/contracts/auth/sessions.ts';
import { stepUp } from '#shared/contracts/auth/step-up.ts';
import type { SessionId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { openApi, THAI } from './open-api.ts';
import { flat, PHONE, type TestAuth, wrong } from './open-auth.ts';

const VALIDATION = { status: 400, body: { code: 'VALIDATION_ERROR' } };

test.each<[string, string, unknown, string]>([
  ['no body', '/auth/otp/send', undefined, ''],
  ['no number', '/auth/otp/send', { country_code: 'TH' }, 'phone_number'],
  ['a number that is a number', '/auth/otp/send', { ...THAI, phone_number: 66812345678 }, 'phone_number'],
  ['a fixed line', '/auth/otp/send', { ...THAI, phone_number: '021234567' }, 'phone_number'],
  ['a number of another country', '/auth/otp/send', { ...THAI, phone_number: '+6581234567' }, 'phone_number'],
  ['letters for a number', '/auth/otp/send', { ...THAI, phone_number: '+66CALLME12' }, 'phone_number'],
  ['a country that we do not serve', '/auth/otp/send', { ...THAI, country_code: 'US' }, 'country_code'],
  ['a locale that is no tag', '/auth/otp/send', { ...THAI, locale: 'no such' }, 'locale'],
  ['an unknown field', '/auth/otp/send', { ...THAI, channel: 'voice' }, 'channel'],
  ['five digits', '/auth/otp/verify', { ...THAI, otp_code: '12345' }, 'otp_code'],
  ['a code that is a number', '/auth/otp/verify', { ...THAI, otp_code: 123456 }, 'otp_code'],
  [
    'a platform that is none',
    '/auth/otp/verify',
    { ...THAI, otp_code: '123456', device_info: { platform: 'fridge' } },
    'device_info.platform',
  ],
  [
    'a device id with a zero byte',
    '/auth/otp/verify',
    { ...THAI, otp_code: '123456', device_info: { device_id: 'a\0' } },
    'device_info.device_id',
  ],
  ['no refresh token', '/auth/refresh', {}, 'refresh_token'],
])('%s is refused by %s', async (_what, path, body, field) => {
  await using api = await openApi();
  const refused = await api.call('POST', path, { body });
  expect(refused).toMatchObject(VALIDATION);
  if (field !== '') expect(JSON.stringify(refused.body)).toContain(`"${field}"`);
});

test('every call that needs a token refuses to do without, and takes no refresh or step-up token for one', async () => {
  await using api = await openApi();
  const { access_token, refresh_token } = await api.logIn();
  await api.call('POST', '/auth/pin', { token: access_token, body: { pin: '246810' } });
  const proof = await api.call('POST', '/auth/step-up', { token: access_token, body: { pin: '246810' } });
  const { step_up_token } = stepUp.answers[200].parse(proof.body);
  const calls: [string, string, unknown?][] = [
    ['POST', '/auth/logout'],
    ['GET', '/auth/sessions'],
    ['DELETE', `/auth/sessions/${newId<SessionId>('TH')}`],
    ['GET', '/users/profile'],
    ['PUT', '/users/profile', {}],
    ['POST', '/auth/pin', { pin: '246810' }],
    ['POST', '/auth/pin/reset', { pin: '246810', otp_code: '123456' }],
    ['POST', '/auth/step-up', { pin: '246810' }],
    ['POST', '/users/lookup', { phone_numbers: [PHONE] }],
  ];
  for (const [method, path, body] of calls) {
    for (const token of [undefined, 'x', refresh_token, step_up_token]) {
      const refused = await api.call(method, path, { body, ...(token === undefined ? {} : { token }) });
      expect(refused, `${method} ${path}`).toMatchObject({ status: 401, body: { code: 'UNAUTHORIZED' } });
    }
  }
});

test('a wrong code is 401, and so is a refresh token that is none', async () => {
  await using api = await openApi();
  await api.call('POST', '/auth/otp/send', { body: THAI });
  const otp = { ...THAI, otp_code: wrong(await api.at.codeOf(PHONE)) };
  const unauthorized = { status: 401, body: { code: 'UNAUTHORIZED' } };
  expect(await api.call('POST', '/auth/otp/verify', { body: otp })).toMatchObject(unauthorized);
  expect(await api.call('POST', '/auth/refresh', { body: { refresh_token: 'none' } })).toMatchObject(unauthorized);
});

test('a code of an idle account is answered with what to do, and does it when it is sent again', async () => {
  await using api = await openApi();
  const { user } = await api.logIn({ device_id: 'phone' });
  await api.at.run('UPDATE auth.accounts SET last_login_on = last_login_on - 91');
  await api.at.run("UPDATE auth.sessions SET last_activity_at = last_activity_at - interval '91 days'");
  await api.call('POST', '/auth/otp/send', { body: THAI });
  const body = { ...THAI, otp_code: await api.at.codeOf(PHONE), device_info: { device_id: 'tablet' } };
  const idle = await api.call('POST', '/auth/otp/verify', { body });
  expect(idle).toMatchObject({ status: 403, body: { code: 'ACCOUNT_IDLE' } });
  const anew = await api.call('POST', '/auth/otp/verify', { body: { ...body, start_anew: true } });
  expect(anew.status).toBe(200);
  expect(verifyOtp.answers[200].parse(anew.body).user.id).not.toBe(user.id);
});

test('a forgotten PIN is set anew with a code, and the answer logs in anew', async () => {
  await using api = await openApi();
  const { access_token: token } = await api.logIn({ device_id: 'phone' });
  await api.call('POST', '/auth/pin', { token, body: { pin: '246810' } });
  await api.call('POST', '/auth/otp/send', { body: THAI });
  const body = { pin: '135791', otp_code: await api.at.codeOf(PHONE) };
  const reset = await api.call('POST', '/auth/pin/reset', { token, body });
  expect(reset.status).toBe(200);
  const next = verifyOtp.answers[200].parse(reset.body).access_token;
  expect(await api.call('POST', '/auth/step-up', { token, body: { pin: '135791' } })).toMatchObject({ status: 401 });
  const proof = await api.call('POST', '/auth/step-up', { token: next, body: { pin: '135791' } });
  expect(proof.status).toBe(200);
});

test('the answer to sending is the same for a number with an account, without one, and suspended', async () => {
  await using api = await openApi();
  const unknown = await api.call('POST', '/auth/otp/send', { body: THAI });
  await api.logIn();
  const known = await api.call('POST', '/auth/otp/send', { body: THAI });
  await api.at.run("UPDATE auth.accounts SET status = 'suspended'");
  const suspended = await api.call('POST', '/auth/otp/send', { body: THAI });
  expect(unknown).toMatchObject({ status: 200, body: { expires_in: 300, retry_after: 60 } });
  expect([known.body, suspended.body]).toEqual([unknown.body, unknown.body]);
});

test('five wrong PINs: 401 four times, then 403 PIN_LOCKED with the hour to wait', async () => {
  await using api = await openApi();
  const { access_token: token } = await api.logIn();
  expect(await api.call('POST', '/auth/pin', { token, body: { pin: '246810' } })).toMatchObject({ status: 204 });
  expect(await api.call('POST', '/auth/pin', { token, body: { pin: '135791' } })).toMatchObject({
    status: 403,
    body: { code: 'STEP_UP_REQUIRED' },
  });
  for (let tries = 1; tries <= 4; tries++) {
    expect(await api.call('POST', '/auth/step-up', { token, body: { pin: '000000' } })).toMatchObject({ status: 401 });
  }
  for (const pin of ['000000', '246810']) {
    const locked = await api.call('POST', '/auth/step-up', { token, body: { pin } });
    expect(locked).toMatchObject({ status: 403, body: { code: 'PIN_LOCKED' } });
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(3_500);
  }
});

test('a person logs in, is shown, refreshes, looks up, and logs out', async () => {
  await using api = await openApi();
  const login = await api.logIn();
  expect(login).toMatchObject({
    expires_in: 3600,
    user: { phone_number: PHONE, country_code: 'TH', status: 'active' },
  });
  const token = login.access_token;
  expect((await api.call('GET', '/users/profile', { token })).body).toEqual(login.user);
  const body = { display_name: ' Somchai ', locale: 'th' };
  const changed = await api.call('PUT', '/users/profile', { token, body });
  expect(changed).toMatchObject({ status: 200, body: { profile: { display_name: 'Somchai', locale: 'th' } } });
  expect(await api.call('GET', '/auth/sessions', { token })).toMatchObject({
    status: 200,
    body: { sessions: [{ is_current: true }], next_cursor: null },
  });
  expect(await api.call('POST', '/users/lookup', { token, body: { phone_numbers: [PHONE] } })).toMatchObject({
    status: 200,
    body: { users: [{ id: login.user.id, display_name: 'Somchai', avatar_url: null, phone_number: PHONE }] },
  });
  const refreshed = await api.call('POST', '/auth/refresh', { body: { refresh_token: login.refresh_token } });
  const pair = refreshSession.answers[200].parse(refreshed.body);
  expect(await api.call('POST', '/auth/logout', { token: pair.access_token })).toMatchObject({ status: 200 });
  expect(await api.call('GET', '/users/profile', { token })).toMatchObject({ status: 401 });
});

test('delivery reports come in over HTTP: a forged one is 401, the true one 204', async () => {
  await using api = await openApi();
  await api.call('POST', '/auth/otp/send', { body: THAI });
  await api.at.codeOf(PHONE);
  const report = await firstReport(api.at);
  const forward = (body: string) =>
    fetch(`${api.origin}${report.path}`, { method: 'POST', headers: report.headers, body });
  expect((await forward(`${report.body}&X=1`)).status).toBe(401);
  expect((await forward(report.body)).status).toBe(204);
  expect(await api.at.written('auth.otp_delivery_reported')).toHaveLength(1);
});

async function firstReport({ sandbox }: TestAuth) {
  const { received } = sandbox.receiver;
  await expect.poll(() => received.length).toBe(1);
  const { path, body, headers } = received[0]!;
  const kept = Object.entries(flat(headers)).filter(([name]) => /^(content-type|x-twilio-signature)$/.test(name));
  return { path, body, headers: Object.fromEntries(kept) as Record<string, string> };
}
