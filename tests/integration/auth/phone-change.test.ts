import { expect, test } from 'vitest';
import { tellOldNumber } from '#services/auth/phone-change/tell-old-number.ts';
import type { PhoneChangeId } from '#services/auth/phone-change/store.ts';
import type { SmsProvider } from '#services/auth/ports.ts';
import { verifyOtp } from '#shared/contracts/auth/otp.ts';
import { stepUp } from '#shared/contracts/auth/step-up.ts';
import { DAY, MINUTE } from '#shared/time.ts';
import { openApi } from './open-api.ts';
import { PHONE, wrong } from './open-auth.ts';

const NEW = '+66898765432';
const PIN = '246810';
const UNAUTHORIZED = { status: 401, body: { code: 'UNAUTHORIZED' } };
const STEP_UP = { status: 403, body: { code: 'STEP_UP_REQUIRED' } };

/** Someone with a PIN who wants another number. */
async function openMover() {
  const api = await openApi();
  const { at } = api;
  const login = await api.logIn({ device_id: 'phone' });
  const token = login.access_token;
  await api.call('POST', '/auth/pin', { token, body: { pin: PIN } });
  const proofOf = async (ofToken: string) => {
    const answer = await api.call('POST', '/auth/step-up', { token: ofToken, body: { pin: PIN } });
    return stepUp.answers[200].parse(answer.body).step_up_token;
  };
  const codeFor = async (phone: string) => {
    await api.call('POST', '/auth/otp/send', { body: { phone_number: phone, country_code: 'TH' } });
    return await at.codeOf(phone);
  };
  const change = (
    code: string,
    {
      proof,
      phone = NEW,
      ofToken = token,
      more = {},
    }: { proof?: string; phone?: string; ofToken?: string; more?: object },
  ) =>
    api.call('PUT', '/users/me/phone', {
      token: ofToken,
      body: { phone_number: phone, country_code: 'TH', otp_code: code, device_info: { device_id: 'phone' }, ...more },
      headers: proof === undefined ? {} : { 'step-up': proof },
    });
  return { ...api, login, token, proofOf, codeFor, change };
}

test('without the PIN, with another’s, or with a wrong code the number stays', async () => {
  await using mover = await openMover();
  const code = await mover.codeFor(NEW);
  const proof = await mover.proofOf(mover.token);
  expect(await mover.change(code, {})).toMatchObject(STEP_UP);
  expect(await mover.change(code, { proof: 'nonsense' })).toMatchObject(STEP_UP);
  expect(await mover.change(code, { proof: mover.token })).toMatchObject(STEP_UP);
  expect(await mover.change(wrong(code), { proof })).toMatchObject(UNAUTHORIZED);
  const profile = await mover.call('GET', '/users/profile', { token: mover.token });
  expect(profile).toMatchObject({ status: 200, body: { phone_number: PHONE } });
});

test('five guesses of the code are judged, and a right one after them is none', async () => {
  await using mover = await openMover();
  const code = await mover.codeFor(NEW);
  const proof = await mover.proofOf(mover.token);
  for (let guess = 0; guess < 5; guess++)
    expect(await mover.change(wrong(code), { proof })).toMatchObject(UNAUTHORIZED);
  expect(await mover.change(code, { proof })).toMatchObject(UNAUTHORIZED);
});

test('a code for another number, a number that has an account, and one of another country are refused', async () => {
  await using mover = await openMover();
  const proof = await mover.proofOf(mover.token);
  await mover.at.logIn(NEW);
  expect(await mover.change(await mover.codeFor(NEW), { proof })).toMatchObject({ status: 409 });
  expect(await mover.change(await mover.codeFor(PHONE), { proof })).toMatchObject(UNAUTHORIZED);
  const body = { phone_number: '+6581234567', country_code: 'SG', otp_code: '123456' };
  const headers = { 'step-up': proof };
  expect(await mover.call('PUT', '/users/me/phone', { token: mover.token, body, headers })).toMatchObject({
    status: 400,
  });
});

test('a number whose account nobody has used for long is taken over only by whoever says so, and the account is kept', async () => {
  await using mover = await openMover();
  const { at } = mover;
  const owner = await at.logIn(NEW);
  const proof = await mover.proofOf(mover.token);
  const more = { start_anew: true };
  expect(await mover.change(await mover.codeFor(NEW), { proof, more })).toMatchObject({ status: 409 });
  const ofOwner = [owner.user.id];
  await at.run('UPDATE auth.accounts SET last_login_on = last_login_on - 91 WHERE id = $1', ofOwner);
  const idle = "UPDATE auth.sessions SET last_activity_at = now() - interval '91 days' WHERE account_id = $1";
  await at.run(idle, ofOwner);

  const code = await mover.codeFor(NEW);
  expect(await mover.change(wrong(code), { proof, more })).toMatchObject(UNAUTHORIZED);
  expect(await mover.change(code, { proof })).toMatchObject({ status: 403, body: { code: 'ACCOUNT_IDLE' } });
  expect(await at.written('auth.account_parked')).toEqual([]);
  expect(await mover.change(code, { proof, more })).toMatchObject({
    status: 200,
    body: { user: { id: mover.login.user.id, phone_number: NEW } },
  });
  expect((await at.written('auth.account_parked')).map(({ data }) => data['user_id'])).toEqual(ofOwner);
  await expect(at.identity.authenticate(owner.accessToken)).rejects.toMatchObject({ code: 'SESSION_REVOKED' });
});

test('whoever is on a new device waits for a day, PIN or not', async () => {
  await using mover = await openMover();
  const { access_token: token } = await mover.logIn({ device_id: 'thief' });
  const proof = await mover.proofOf(token);
  const refused = await mover.change(await mover.codeFor(NEW), { proof, ofToken: token });
  expect(refused).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
});

test('the number changes: all sessions before end, the one answered is limited for a day, and the old one is told', async () => {
  await using mover = await openMover();
  const { at } = mover;
  const tablet = await mover.logIn({ device_id: 'tablet' });
  const answer = await mover.change(await mover.codeFor(NEW), { proof: await mover.proofOf(mover.token) });
  const changed = verifyOtp.answers[200].parse(answer.body);
  expect(changed.user).toMatchObject({ id: mover.login.user.id, phone_number: NEW });
  for (const token of [mover.token, tablet.access_token]) {
    expect(await mover.call('GET', '/users/profile', { token })).toMatchObject(UNAUTHORIZED);
  }
  const refresh = { refresh_token: mover.login.refresh_token };
  expect(await mover.call('POST', '/auth/refresh', { body: refresh })).toMatchObject(UNAUTHORIZED);

  const caller = await at.identity.authenticate(changed.access_token);
  expect(caller.limitedUntil!.getTime() - Date.now()).toBeGreaterThan(DAY - MINUTE);
  const later = await at.logIn(NEW, { device: { id: 'phone', platform: undefined, appVersion: undefined } });
  expect(later.user.id).toBe(mover.login.user.id);
  expect(later.caller.limitedUntil).toEqual(caller.limitedUntil);

  const reasons = (await at.written('auth.session_revoked')).map(({ data }) => data['reason']);
  expect(reasons).toEqual(['phone_changed', 'phone_changed']);
  const [told] = await at.written('auth.phone_changed');
  expect(JSON.stringify(await at.written())).not.toContain(NEW.slice(3));
  const texts: { readonly to: string; readonly text: string }[] = [];
  const provider = (answers: 'refused' | 'accepted'): SmsProvider => ({
    name: 'twilio',
    channel: 'sms',
    send: async (sms) => {
      texts.push(sms);
      return answers === 'accepted'
        ? { outcome: 'accepted', messageId: '1' }
        : { outcome: 'refused', blame: 'provider', reason: 'closed' };
    },
    readReport: () => Promise.reject(new Error('no report is read')),
  });
  const tell = (...providers: readonly SmsProvider[]) => {
    const ports = { databases: at.db.databases, providers: () => providers };
    return tellOldNumber(ports, told!.data['change_id'] as PhoneChangeId, 'TH');
  };
  await expect(tell(provider('refused'))).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  await tell(provider('refused'), provider('accepted'));
  await tell(provider('accepted'));
  expect(texts.map(({ to }) => to)).toEqual([PHONE, PHONE, PHONE]);
  expect(texts[0]!.text).toMatch(/^Tchat: /);
});
