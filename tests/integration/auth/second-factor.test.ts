import { expect, test } from 'vitest';
import { makeRevocationFeed } from '#infrastructure/redis/revocation-feed.ts';
import { authRoutes } from '#services/auth/routes.ts';
import { grantRole } from '#services/auth/staff.ts';
import { openSecret } from '#services/auth/second-factor/seal-secret.ts';
import { stepOf, totpAt } from '#services/auth/second-factor/totp.ts';
import {
  confirmSecondFactor,
  enrolSecondFactor,
  recoverSecondFactor,
  verifySecondFactor,
} from '#shared/contracts/auth/second-factor.ts';
import { refreshSession } from '#shared/contracts/auth/sessions.ts';
import type { UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { firstRow, statement } from '#shared/sql.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import { openApi } from './open-api.ts';
import { PHONE } from './open-auth.ts';

const INVALID = { status: 401, body: { code: 'SECOND_FACTOR_INVALID' } };
const REQUIRED = { status: 403, body: { code: 'SECOND_FACTOR_REQUIRED' } };
const LOCKED = { status: 403, body: { code: 'SECOND_FACTOR_LOCKED' } };

/** Someone who has logged in once and was then made ops, as `npm run staff` does it. */
async function openStaff() {
  const api = await openApi();
  const { at } = api;
  const first = await api.logIn();
  const [publisher, subscriber] = [at.redis[0]!, at.redis[1]!];
  const feed = makeRevocationFeed({ publisher, subscriber, prefix: 'other', log: quietLog });
  const ports = { databases: at.db.databases, outbox: at.db.outbox, feed };
  const grant = (role: 'ops' | 'auditor' | 'user') => grantRole(ports, PHONE, role, 'operator:test');
  const { enrolmentCode } = await grant('ops');

  async function secretOf(userId: UserId): Promise<Buffer> {
    const row = await firstRow<{ sealed: Buffer }>(
      at.db.database,
      statement('', 'SELECT coalesce(sealed_pending, sealed_secret) AS sealed FROM auth.second_factors'),
    );
    return openSecret(at.secrets, userId, row!.sealed);
  }

  return {
    ...api,
    first,
    grant,
    enrolmentCode: enrolmentCode!,
    post: (path: string, token: string, body: object) =>
      api.call('POST', `/auth/second-factor/${path}`, { token, body }),
    /** The code that the authenticator shows so many steps from now. */
    codeAt: async (steps: number) => totpAt(await secretOf(first.user.id), stepOf(new Date()) + steps),
    /** A session that has shown its second factor for the first time. */
    enrolled: async () => {
      const { access_token: token, refresh_token } = await api.logIn();
      const enrolled = await api.call('POST', '/auth/second-factor/enrol', {
        token,
        body: { enrolment_code: enrolmentCode },
      });
      const { secret, otpauth_uri: uri } = enrolSecondFactor.answers[200].parse(enrolled.body);
      const code = totpAt(await secretOf(first.user.id), stepOf(new Date()) - 1);
      const confirmed = await api.call('POST', '/auth/second-factor/confirm', { token, body: { code } });
      return {
        secret,
        uri,
        limited: token,
        refresh_token,
        ...confirmSecondFactor.answers[200].parse(confirmed.body),
      };
    },
  };
}

test('without a second factor a session of ops may do nothing but show one, and log out', async () => {
  await using staff = await openStaff();
  const { access_token: token } = await staff.logIn();
  const calls = authRoutes(staff.at.auth).map(({ call }) => call);
  for (const call of calls.filter(({ access }) => access !== 'public')) {
    const path = call.path.replaceAll(/\{\w+\}/g, newId<UserId>('TH'));
    // Bodies that no call takes, so that nothing is done by what is admitted.
    const ask = call.method === 'GET' ? { token } : { token, body: { none: 'such' } };
    const isForIt = call.scope === 'second-factor' || call.scope === 'any';
    const answer = await staff.call(call.method, path, ask);
    if (!isForIt) expect(answer, call.name).toMatchObject(REQUIRED);
    else expect([call.name, answer.body]).not.toMatchObject([call.name, REQUIRED.body]);
  }
});

test('a role that is given ends the sessions that have the one before', async () => {
  await using staff = await openStaff();
  const again = await staff.at.openNode();
  await expect(again.authenticate(staff.first.access_token)).rejects.toMatchObject({ code: 'SESSION_REVOKED' });
  const body = { refresh_token: staff.first.refresh_token };
  expect(await staff.call('POST', '/auth/refresh', { body })).toMatchObject({ status: 401 });
});

test('enrolling asks for the code that came with the role, and takes it once and for a day', async () => {
  await using staff = await openStaff();
  const { access_token: token } = await staff.logIn();
  expect(await staff.post('enrol', token, {})).toMatchObject(INVALID);
  expect(await staff.post('enrol', token, { enrolment_code: 'A'.repeat(40) })).toMatchObject(INVALID);
  await staff.at.run("UPDATE auth.second_factors SET enrolment_until = now() - interval '1 second'");
  expect(await staff.post('enrol', token, { enrolment_code: staff.enrolmentCode })).toMatchObject(INVALID);
  const { enrolmentCode } = await staff.grant('ops');
  const { limited } = await (async () => ({ limited: (await staff.logIn()).access_token }))();
  expect(await staff.post('enrol', limited, { enrolment_code: staff.enrolmentCode })).toMatchObject(INVALID);
  expect(await staff.post('enrol', limited, { enrolment_code: enrolmentCode })).toMatchObject({ status: 200 });
});

test('what is no code of the authenticator opens nothing, and the fifth in a row locks it for a quarter of an hour', async () => {
  await using staff = await openStaff();
  await staff.enrolled();
  const { access_token: token } = await staff.logIn();
  const wrong = String((Number(await staff.codeAt(0)) + 1) % 1_000_000).padStart(6, '0');
  for (let tries = 1; tries <= 4; tries++) {
    expect(await staff.post('verify', token, { code: wrong })).toMatchObject(INVALID);
  }
  for (const code of [wrong, await staff.codeAt(0)]) {
    const locked = await staff.post('verify', token, { code });
    expect(locked).toMatchObject(LOCKED);
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(890);
  }
  const audit = (await staff.at.written('audit.recorded')).map(({ data }) => data['action']);
  expect(audit).toContain('auth.second_factor_locked');
  await staff.at.run("UPDATE auth.second_factors SET locked_until = now() - interval '1 second'");
  expect(await staff.post('verify', token, { code: await staff.codeAt(0) })).toMatchObject({ status: 200 });
});

test('of two hundred parallel guesses five are judged', async () => {
  await using staff = await openStaff();
  await staff.enrolled();
  const { access_token: token } = await staff.logIn();
  const right = await staff.codeAt(0);
  const guesses = Array.from({ length: 200 }, (_, place) => String(place).padStart(6, '0')).filter(
    (code) => code !== right,
  );
  const answers = await Promise.all(guesses.map((code) => staff.post('verify', token, { code })));
  const codes = answers.map(({ body }) => (body as { code: string }).code);
  expect(codes.filter((code) => code === 'SECOND_FACTOR_INVALID')).toHaveLength(4);
  expect(codes.filter((code) => code === 'SECOND_FACTOR_LOCKED')).toHaveLength(guesses.length - 4);
});

test('a code is taken once, however many bring it at the same moment, and none of a step before it', async () => {
  await using staff = await openStaff();
  await staff.enrolled();
  const { access_token: token } = await staff.logIn();
  const [before, now] = [await staff.codeAt(0), await staff.codeAt(1)];
  const answers = await Promise.all([1, 2, 3].map(() => staff.post('verify', token, { code: now })));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 401)).toHaveLength(2);
  for (const code of [before, now]) {
    expect(await staff.post('verify', token, { code })).toMatchObject(INVALID);
  }
});

test('a recovery code opens a session once', async () => {
  await using staff = await openStaff();
  const { recovery_codes: codes } = await staff.enrolled();
  expect([codes.length, new Set(codes).size]).toEqual([10, 10]);
  const { access_token: token } = await staff.logIn();
  const opened = await staff.post('recover', token, { recovery_code: codes[0]!.toLowerCase().replaceAll('-', ' ') });
  const { access_token: open } = recoverSecondFactor.answers[200].parse(opened.body);
  expect(await staff.call('GET', '/users/profile', { token: open })).toMatchObject({ status: 200 });
  expect(await staff.post('recover', token, { recovery_code: codes[0]! })).toMatchObject(INVALID);
  expect(await staff.call('GET', '/auth/second-factor', { token: open })).toMatchObject({
    body: { enrolled: true, shown: true, recovery_codes_left: 9 },
  });
});

test('whoever has a second factor shows it before they change it, and the one before is none any more', async () => {
  await using staff = await openStaff();
  const before = await staff.enrolled();
  const { access_token: token } = await staff.logIn();
  expect(await staff.post('enrol', token, {})).toMatchObject(REQUIRED);
  const old = await staff.codeAt(1);
  expect(await staff.post('enrol', before.access_token, {})).toMatchObject({ status: 200 });
  const confirmed = await staff.post('confirm', before.access_token, { code: await staff.codeAt(0) });
  expect(confirmed).toMatchObject({ status: 200 });
  expect(await staff.post('verify', token, { code: old })).toMatchObject(INVALID);
  expect(await staff.post('recover', token, { recovery_code: before.recovery_codes[0]! })).toMatchObject(INVALID);
});

test('a hundred wrong codes in a row end a second factor, recovery codes too, until the role is given anew', async () => {
  await using staff = await openStaff();
  const { recovery_codes: codes } = await staff.enrolled();
  const { access_token: token } = await staff.logIn();
  const { at, first } = staff;
  await at.run('UPDATE auth.second_factors SET straight_failures = 98');
  expect(await staff.post('verify', token, { code: '000000' })).toMatchObject(INVALID);
  const last = await staff.post('verify', token, { code: '000000' });
  expect(last).toMatchObject(LOCKED);
  expect(last.headers.get('retry-after')).toBeNull();
  await at.run("UPDATE auth.second_factors SET locked_until = locked_until - interval '1 year'");
  expect(await staff.post('verify', token, { code: await staff.codeAt(0) })).toMatchObject(LOCKED);
  expect(await staff.post('recover', token, { recovery_code: codes[0]! })).toMatchObject(LOCKED);
  const ended = await at.written('auth.second_factor_ended');
  expect(ended.map(({ data }) => data)).toEqual([{ user_id: first.user.id }]);
  const audit = (await at.written('audit.recorded')).map(({ data }) => data['action']);
  expect(audit).toContain('auth.second_factor_ended');

  const { enrolmentCode } = await staff.grant('ops');
  const next = await staff.logIn();
  const enrolled = await staff.post('enrol', next.access_token, { enrolment_code: enrolmentCode! });
  expect(enrolled).toMatchObject({ status: 200 });
  const confirmed = await staff.post('confirm', next.access_token, { code: await staff.codeAt(0) });
  expect(confirmed).toMatchObject({ status: 200 });
});

test('someone of another role is not asked for a second factor, and cannot have one', async () => {
  await using staff = await openStaff();
  await staff.grant('user');
  const { access_token: token } = await staff.logIn();
  expect(await staff.call('GET', '/users/profile', { token })).toMatchObject({ status: 200 });
  expect(await staff.post('enrol', token, {})).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
});

test('ops enrol, and their session stays open through refreshing; the next one asks again', async () => {
  await using staff = await openStaff();
  const enrolled = await staff.enrolled();
  expect(enrolled.uri).toContain(`secret=${enrolled.secret}`);
  const { access_token: token } = enrolled;
  expect(await staff.call('GET', '/users/profile', { token })).toMatchObject({ status: 200 });
  expect(await staff.call('GET', '/users/profile', { token: enrolled.limited })).toMatchObject(REQUIRED);

  const refreshed = await staff.call('POST', '/auth/refresh', { body: { refresh_token: enrolled.refresh_token } });
  const pair = refreshSession.answers[200].parse(refreshed.body);
  expect(await staff.call('GET', '/users/profile', { token: pair.access_token })).toMatchObject({ status: 200 });

  const next = await staff.logIn();
  expect(await staff.call('GET', '/auth/second-factor', { token: next.access_token })).toMatchObject({
    status: 200,
    body: { enrolled: true, shown: false, recovery_codes_left: 10 },
  });
  const opened = await staff.post('verify', next.access_token, { code: await staff.codeAt(0) });
  const { access_token: open } = verifySecondFactor.answers[200].parse(opened.body);
  expect(await staff.call('GET', '/users/profile', { token: open })).toMatchObject({ status: 200 });
});

test('neither the store nor events hold a secret or a recovery code', async () => {
  await using staff = await openStaff();
  const { secret, recovery_codes: codes } = await staff.enrolled();
  const dump = async (table: string) =>
    JSON.stringify(
      await staff.at.db.database.rows(statement('', `SELECT to_jsonb(kept.*) AS row FROM ${table} AS kept`)),
    );
  const everything = [
    await dump('auth.second_factors'),
    await dump('auth.recovery_codes'),
    JSON.stringify(await staff.at.written()),
  ].join();
  for (const hidden of [secret, staff.enrolmentCode, ...codes]) expect(everything).not.toContain(hidden);
});
