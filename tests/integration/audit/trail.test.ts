import { afterAll, beforeAll, expect, test } from 'vitest';
import { callNamed } from '../contract/calls.ts';
import { PIN, type Person } from '../contract/open-contract.ts';
import { expectRefused } from '../contract/refused.ts';
import { type Lives, openLives } from '../auth/open-lives.ts';

type Entry = {
  readonly number: number;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly outcome: string;
  readonly occurred_at: string;
};

let at: Lives;
let ops: Person;
let auditor: Person;
let someone: Person;
let phone: string;
beforeAll(async () => {
  at = await openLives();
  [ops] = (await at.people(1, { role: 'ops' })) as [Person];
  [auditor] = (await at.people(1, { role: 'auditor' })) as [Person];
  [someone] = (await at.people(1, { pin: PIN })) as [Person];
  phone = await at.phoneOf(someone.id);
  await everythingOnce();
  await at.chainAudit();
});
afterAll(() => at[Symbol.asyncDispose]());

const ask = (name: string, { token }: Person, more: object = {}) => at.ask(callNamed(name), { token, ...more });
const read = async (query: Readonly<Record<string, string>>, by = auditor) => {
  const answer = await ask('listAudit', by, { query });
  expect(answer.status, answer.text).toBe(200);
  return answer.body as { records: Entry[]; next_cursor: string | null };
};

/** What security cares about, done once. */
async function everythingOnce(): Promise<void> {
  await at.plantCode(phone, '123456');
  const guess = { phone_number: phone, country_code: 'TH', otp_code: '654321' };
  await at.ask(callNamed('verifyOtp'), { body: guess });
  const login = await at.logIn(phone);
  const { refresh_token, access_token: token } = login.body as { refresh_token: string; access_token: string };
  await at.ask(callNamed('stepUp'), { token, body: { pin: '135791' } });
  await at.ask(callNamed('stepUp'), { token, body: { pin: PIN } });
  await at.ask(callNamed('requestExport'), { token });
  const traded = await at.ask(callNamed('refreshSession'), { body: { refresh_token } });
  await at.ask(callNamed('refreshSession'), {
    body: { refresh_token: (traded.body as { refresh_token: string }).refresh_token },
  });
  await at.ask(callNamed('refreshSession'), { body: { refresh_token } });
  const params = { id: someone.id };
  await ask('readAccount', ops, { params });
  await ask('suspendUser', ops, { params, body: { reason: 'sells fakes' } });
  await ask('reinstateUser', ops, { params, body: { reason: 'they were real' } });
}

test('is not for people', async () => {
  const [anyone] = (await at.people(1)) as [Person];
  expectRefused(await ask('listAudit', anyone), 'FORBIDDEN', 'a user');
});

test('holds every kind of thing that security asks about', async () => {
  const about = (await read({ limit: '100' })).records.map(({ action, outcome }) => `${action} ${outcome}`);
  for (const wanted of [
    'auth.login_failed refused',
    'auth.logged_in ok',
    'auth.pin_refused refused',
    'auth.stepped_up ok',
    'auth.export_requested ok',
    'auth.session_revoked ok',
    'auth.account_read ok',
    'auth.account_suspended ok',
    'auth.account_reinstated ok',
  ]) {
    expect(about).toContain(wanted);
  }
});

test('is read newest first, by actor, subject, action, domain, outcome and time', async () => {
  const all = (await read({ limit: '100' })).records;
  const times = all.map(({ occurred_at: time }) => time);
  expect(times).toEqual(times.toSorted().toReversed());
  const pick = (keep: (entry: Entry) => boolean) => all.filter(keep);
  expect((await read({ actor: ops.id })).records).toEqual(pick(({ actor }) => actor === ops.id));
  expect((await read({ subject: someone.id })).records).toEqual(pick(({ subject }) => subject === someone.id));
  const suspended = await read({ action: 'auth.account_suspended' });
  expect(suspended.records).toEqual(pick(({ action }) => action === 'auth.account_suspended'));
  expect((await read({ action: 'auth', limit: '100' })).records).toEqual(
    pick(({ action }) => action.startsWith('auth.')),
  );
  expect((await read({ action: 'aut' })).records).toEqual([]);
  expect((await read({ outcome: 'refused' })).records).toEqual(pick(({ outcome }) => outcome === 'refused'));
  expect((await read({ region: 'VN' })).records).toEqual([]);
  const since = suspended.records[0]!.occurred_at;
  expect((await read({ from: since })).records).toEqual(pick(({ occurred_at: time }) => time >= since));
  expect((await read({ to: since, limit: '100' })).records).toEqual(pick(({ occurred_at: time }) => time < since));
});

test('holds no number, name, code or words of anybody', async () => {
  const text = JSON.stringify(await read({ limit: '100' }, ops));
  for (const secret of [phone, phone.slice(3), '654321', PIN, 'sells fakes', 'they were real', 'Tester']) {
    expect(text).not.toContain(secret);
  }
});

test('tells who has read it', async () => {
  expect(await at.audited('audit')).toContain('auth.audit_read ok');
  await read({ subject: someone.id }, ops);
  expect(await at.audited(someone.id)).toContain('auth.audit_read ok');
});
