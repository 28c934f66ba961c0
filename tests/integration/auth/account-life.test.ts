import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OpsAccount } from '#shared/contracts/auth/account-life.ts';
import type { PrivacyRequest } from '#shared/contracts/auth/privacy.ts';
import { AppealId, type PrivacyRequestId } from '#shared/ids.ts';
import { DAY } from '#shared/time.ts';
import { callNamed, NOBODYS } from '../contract/calls.ts';
import { PIN, type Person } from '../contract/open-contract.ts';
import { expectRefused } from '../contract/refused.ts';
import { type Lives, openLives } from './open-lives.ts';

let at: Lives;
let ops: Person;
beforeAll(async () => {
  at = await openLives();
  [ops] = (await at.people(1, { role: 'ops' })) as [Person];
});
afterAll(() => at[Symbol.asyncDispose]());

const ask = (name: string, { token }: Person, more: object = {}) => at.ask(callNamed(name), { token, ...more });
const suspend = (id: string, by = ops) => ask('suspendUser', by, { params: { id }, body: { reason: 'sells fakes' } });
const reinstate = (id: string) => ask('reinstateUser', ops, { params: { id }, body: { reason: 'they were real' } });

describe('suspension', () => {
  test('is for ops alone, and of others', async () => {
    const [someone] = (await at.people(1)) as [Person];
    expectRefused(await suspend(ops.id, someone), 'FORBIDDEN', 'a user');
    expectRefused(await suspend(ops.id), 'CONFLICT', 'oneself');
    expectRefused(await suspend(NOBODYS), 'NOT_FOUND', 'nobody');
    const blank = await ask('suspendUser', ops, { params: { id: someone.id }, body: { reason: ' ' } });
    expectRefused(blank, 'VALIDATION_ERROR', 'no reason');
  });

  test('ends every session at once, and lets nobody in until it is lifted', async () => {
    const [someone] = (await at.people(1)) as [Person];
    const phone = await at.phoneOf(someone.id);
    expect((await at.logIn(phone)).status).toBe(200);
    const answer = await suspend(someone.id);
    expect([answer.status, answer.body]).toEqual([
      200,
      expect.objectContaining({
        id: someone.id,
        status: 'suspended',
        changes: [expect.objectContaining({ change: 'suspended', by: 'ops', actor_id: ops.id, reason: 'sells fakes' })],
      }),
    ]);
    expectRefused(await ask('readProfile', someone), 'UNAUTHORIZED', 'the session');
    const again = await at.ask(callNamed('refreshSession'), { body: { refresh_token: someone.refreshToken } });
    expectRefused(again, 'UNAUTHORIZED', 'the refresh token');
    expectRefused(await at.logIn(phone), 'UNAUTHORIZED', 'a login');
    expect((await suspend(someone.id)).body).toMatchObject({ changes: [{ change: 'suspended' }] });

    expect((await reinstate(someone.id)).body).toMatchObject({ status: 'active' });
    expect((await at.logIn(phone)).status).toBe(200);
    expect(await at.audited(someone.id)).toEqual(
      expect.arrayContaining(['auth.account_suspended ok', 'auth.account_reinstated ok']),
    );
  });

  test('asks for no reason, and no body', async () => {
    const people = (await at.people(2)) as [Person, Person];
    const bodies = [undefined, {}];
    for (const [place, { id }] of people.entries()) {
      const answer = await ask('suspendUser', ops, { params: { id }, body: bodies[place] });
      expect(answer).toMatchObject({ status: 200, body: { changes: [{ change: 'suspended', reason: null }] } });
    }
  });

  test('tells in no event or audit entry what ops wrote', async () => {
    expect(JSON.stringify(await at.written())).not.toMatch(/sells fakes|they were real/);
  });

  test('of two logins and a suspension at once leaves no session that lives', async () => {
    const [someone] = (await at.people(1)) as [Person];
    const phone = await at.phoneOf(someone.id);
    const [login] = await Promise.all([at.logIn(phone), suspend(someone.id)]);
    if (login.status !== 200) return expectRefused(login, 'UNAUTHORIZED', 'a late login');
    const { access_token: token } = login.body as { access_token: string };
    expectRefused(await at.ask(callNamed('readProfile'), { token }), 'UNAUTHORIZED', 'an early login');
  });
});

describe('an appeal', () => {
  const appeal = (phone: string, otp_code: string, statement = 'They were real') =>
    at.ask(callNamed('appealSuspension'), { body: { phone_number: phone, country_code: 'TH', otp_code, statement } });

  test('is refused with a wrong code, and in the same words where nothing is suspended', async () => {
    const [someone] = (await at.people(1)) as [Person];
    const phone = await at.phoneOf(someone.id);
    await at.plantCode(phone, '123456');
    const wrong = await appeal(phone, '654321');
    const notSuspended = await appeal(phone, '123456');
    for (const answer of [wrong, notSuspended]) expectRefused(answer, 'UNAUTHORIZED', 'no appeal');
    expect((wrong.body as { error: string }).error).toBe((notSuspended.body as { error: string }).error);
  });

  test('is heard once per code, waits for ops, and is granted by lifting the suspension', async () => {
    const [someone] = (await at.people(1)) as [Person];
    const phone = await at.phoneOf(someone.id);
    await suspend(someone.id);
    await at.plantCode(phone, '123456');
    expect(await appeal(phone, '123456')).toMatchObject({ status: 202 });
    expectRefused(await appeal(phone, '123456'), 'UNAUTHORIZED', 'a spent code');
    const listed = await ask('listAppeals', ops);
    expect(listed.body).toMatchObject({ appeals: [{ user_id: someone.id, statement: 'They were real' }] });
    await reinstate(someone.id);
    expect((await ask('listAppeals', ops)).body).toEqual({ appeals: [], next_cursor: null });
    expect((await at.logIn(phone)).status).toBe(200);
  });

  test('that is rejected leaves the account suspended, and another may follow', async () => {
    const [someone] = (await at.people(1)) as [Person];
    const phone = await at.phoneOf(someone.id);
    await suspend(someone.id);
    await at.plantCode(phone, '123456');
    await appeal(phone, '123456');
    const [{ id }] = ((await ask('listAppeals', ops)).body as { appeals: [{ id: string }] }).appeals;
    const reject = () => ask('rejectAppeal', ops, { params: { id }, body: { reason: 'no' } });
    expect((await reject()).status).toBe(204);
    expectRefused(await reject(), 'NOT_FOUND', 'one that is decided');
    expect(AppealId.safeParse(id).success).toBe(true);
    expect((await ask('readAccount', ops, { params: { id: someone.id } })).body).toMatchObject({
      status: 'suspended',
      changes: [{ change: 'appeal_rejected' }, { change: 'suspended' }],
    });
  });
});

describe('deletion', () => {
  test('needs the PIN', async () => {
    const [someone] = (await at.people(1, { pin: PIN })) as [Person];
    expectRefused(await ask('deleteAccount', someone), 'STEP_UP_REQUIRED', 'no proof');
    const [other] = (await at.people(1, { pin: PIN })) as [Person];
    const theirs = await ask('deleteAccount', someone, { headers: await at.proof(other) });
    expectRefused(theirs, 'STEP_UP_REQUIRED', 'the proof of someone else');
  });

  test('closes the account at once, and a login within the time of grace brings it back as it was', async () => {
    const [someone, friend] = (await at.people(2, { pin: PIN })) as [Person, Person];
    const phone = await at.phoneOf(someone.id);
    const { body: before } = await ask('readProfile', someone);
    const deleted = await ask('deleteAccount', someone, { headers: await at.proof(someone) });
    expect([deleted.status, deleted.body]).toEqual([
      202,
      expect.objectContaining({ type: 'erasure', status: 'pending', completed_at: null, download_url: null }),
    ]);
    const { starts_at, created_at, held } = deleted.body as { starts_at: string; created_at: string; held: object[] };
    expect(Date.parse(starts_at) - Date.parse(created_at)).toBe(30 * 24 * 60 * 60 * 1000);
    expect(held).toContainEqual(expect.objectContaining({ what: 'ledger', until: expect.any(String) }));
    expectRefused(await ask('readProfile', someone), 'UNAUTHORIZED', 'the session');
    const lookup = await ask('lookUpUsers', friend, { body: { phone_numbers: [phone] } });
    expect(lookup.body).toEqual({ users: [] });

    const back = await at.logIn(phone);
    expect(back.status).toBe(200);
    const { user } = back.body as { user: { id: string; status: string } };
    expect(user).toMatchObject({ ...(before as object), updated_at: expect.any(String) });
    const cancelled = await at.written('auth.erasure_cancelled');
    expect(cancelled).toMatchObject([
      { data: { user_id: someone.id, request_id: (deleted.body as { id: string }).id } },
    ]);
    expect(await at.audited(someone.id)).toEqual(
      expect.arrayContaining(['auth.account_deleted ok', 'auth.account_restored ok']),
    );
  });

  test('is not undone by a login after the time of grace', async () => {
    const [someone] = (await at.people(1, { pin: PIN })) as [Person];
    const phone = await at.phoneOf(someone.id);
    await ask('deleteAccount', someone, { headers: await at.proof(someone) });
    await at.run("UPDATE auth.accounts SET restorable_until = now() - interval '1 second' WHERE id = $1", [someone.id]);
    expectRefused(await at.logIn(phone), 'UNAUTHORIZED', 'a late login');
  });

  test('by compliance is undone by no login, only by ops', async () => {
    const [someone] = (await at.people(1)) as [Person];
    const phone = await at.phoneOf(someone.id);
    const remove = () => ask('deleteUser', ops, { params: { id: someone.id }, body: { reason: 'a court order' } });
    expect(await remove()).toMatchObject({ status: 202, body: { type: 'erasure', status: 'pending' } });
    expectRefused(await remove(), 'CONFLICT', 'twice');
    expectRefused(await at.logIn(phone), 'UNAUTHORIZED', 'a login');
    expect((await reinstate(someone.id)).body).toMatchObject({ status: 'active' });
    expect((await at.logIn(phone)).status).toBe(200);
  });
});

describe('a request to be forgotten', () => {
  const erase = async (person: Person) => ask('requestErasure', person, { headers: await at.proof(person) });
  const idOf = ({ body }: { readonly body: unknown }) => (body as { id: string }).id;

  test('needs the PIN, and belongs to the one who made it', async () => {
    const [someone, other] = (await at.people(2, { pin: PIN })) as [Person, Person];
    expectRefused(await ask('requestErasure', someone), 'STEP_UP_REQUIRED', 'no proof');
    const params = { id: idOf(await erase(someone)) };
    for (const name of ['readPrivacyRequest', 'cancelPrivacyRequest', 'downloadExport']) {
      expectRefused(await ask(name, other, { params }), 'NOT_FOUND', name);
    }
  });

  test('waits a week with the account as it is, is one at a time, and can be taken back', async () => {
    const [someone] = (await at.people(1, { pin: PIN })) as [Person];
    const first = await erase(someone);
    expect(first).toMatchObject({ status: 202, body: { type: 'erasure', status: 'pending' } });
    expect(idOf(await erase(someone))).toBe(idOf(first));
    const params = { id: idOf(first) };
    expect(await ask('readPrivacyRequest', someone, { params })).toMatchObject({
      status: 200,
      body: first.body as object,
    });
    const taken = await ask('cancelPrivacyRequest', someone, { params });
    expect(taken).toMatchObject({ status: 200, body: { status: 'cancelled' } });
    expectRefused(await ask('cancelPrivacyRequest', someone, { params }), 'CONFLICT', 'twice');
    expect(idOf(await erase(someone))).not.toBe(idOf(first));
  });

  test('becomes that of a deletion when the account is closed meanwhile, and keeps its moment', async () => {
    const [someone] = (await at.people(1, { pin: PIN })) as [Person];
    const asked = await erase(someone);
    const deleted = await ask('deleteAccount', someone, { headers: await at.proof(someone) });
    const { starts_at } = asked.body as { starts_at: string };
    expect(deleted.body).toMatchObject({ id: idOf(asked), starts_at });
    const told = await at.written('auth.erasure_requested');
    expect(told.filter(({ data }) => data['user_id'] === someone.id)).toHaveLength(1);
  });
});

describe('a suspension is not evaded', () => {
  const erase = async (person: Person) => ask('requestErasure', person, { headers: await at.proof(person) });
  const close = async (person: Person) => ask('deleteAccount', person, { headers: await at.proof(person) });
  const remove = (id: string) => ask('deleteUser', ops, { params: { id }, body: { reason: 'a court order' } });
  const read = async (id: string) => (await ask('readAccount', ops, { params: { id } })).body as OpsAccount;
  const eraseNow = ({ body }: { readonly body: unknown }) => at.eraseNow((body as { id: PrivacyRequestId }).id);

  test('by closing the account first: a login within the time of grace finds it suspended, and opens no session', async () => {
    const [someone] = (await at.people(1, { pin: PIN })) as [Person];
    const phone = await at.phoneOf(someone.id);
    const closed = await close(someone);
    expect((await suspend(someone.id)).body).toMatchObject({
      status: 'deleted',
      is_suspended: true,
      erasure: { id: (closed.body as { id: string }).id, status: 'on_hold' },
      changes: [{ change: 'suspended' }, { change: 'deleted' }],
    });
    expect((await suspend(someone.id)).body).toMatchObject({ changes: [{ change: 'suspended' }, {}] });
    expectRefused(await at.logIn(phone), 'UNAUTHORIZED', 'a login');
    expect(await read(someone.id)).toMatchObject({
      status: 'suspended',
      is_suspended: true,
      restorable_until: null,
      erasure: null,
      changes: [{ change: 'restored' }, {}, {}],
    });
    const told = (await at.written()).filter(({ data }) => data['user_id'] === someone.id);
    expect(told.filter(({ type }) => type === 'auth.account_restored')).toMatchObject([
      { data: { is_suspended: true } },
    ]);
    expect(told.filter(({ type }) => type === 'auth.erasure_cancelled')).toHaveLength(1);
    expect(told.filter(({ type }) => type === 'auth.logged_in')).toEqual([]);
    expectRefused(await at.logIn(phone), 'UNAUTHORIZED', 'another login');
    await reinstate(someone.id);
    expect((await at.logIn(phone)).status).toBe(200);
  });

  test('by a wrong code, which brings nothing back', async () => {
    const [someone] = (await at.people(1, { pin: PIN })) as [Person];
    const phone = await at.phoneOf(someone.id);
    await close(someone);
    await suspend(someone.id);
    await at.plantCode(phone, '123456');
    const body = { phone_number: phone, country_code: 'TH', otp_code: '654321' };
    expectRefused(await at.ask(callNamed('verifyOtp'), { body }), 'UNAUTHORIZED', 'a wrong code');
    expect(await read(someone.id)).toMatchObject({ status: 'deleted', is_suspended: true });
  });

  test('by a suspension and a login at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [someone] = (await at.people(1, { pin: PIN })) as [Person];
      const phone = await at.phoneOf(someone.id);
      await close(someone);
      const [login] = await Promise.all([at.logIn(phone), suspend(someone.id)]);
      const token = (login.body as { access_token?: string }).access_token ?? '';
      expectRefused(await at.ask(callNamed('readProfile'), { token }), 'UNAUTHORIZED', 'a session');
      expect(await read(someone.id)).toMatchObject({ is_suspended: true });
    }
  });

  test('by an erasure: it waits, and goes on when the suspension is lifted, with time to be taken back', async () => {
    const [someone] = (await at.people(1, { pin: PIN })) as [Person];
    const phone = await at.phoneOf(someone.id);
    const asked = await erase(someone);
    await suspend(someone.id);
    await at.timeHasCome(someone.id);
    expect(await eraseNow(asked)).toEqual({ outcome: 'on_hold' });
    expect(await read(someone.id)).toMatchObject({
      status: 'suspended',
      erased_at: null,
      erasure: { status: 'on_hold' },
    });

    const { erasure } = (await reinstate(someone.id)).body as OpsAccount;
    expect(erasure).toMatchObject({ status: 'pending' });
    expect(Date.parse(erasure!.starts_at!) - Date.now()).toBeGreaterThan(6 * DAY);
    expect(await eraseNow(asked)).toEqual({ outcome: 'early', until: new Date(erasure!.starts_at!) });
    const { access_token: token } = (await at.logIn(phone)).body as { access_token: string };
    const params = { id: erasure!.id };
    expect(await at.ask(callNamed('readPrivacyRequest'), { token, params })).toMatchObject({
      body: { status: 'pending' },
    });
    await at.timeHasCome(someone.id);
    expect(await eraseNow(asked)).toEqual({ outcome: 'erased' });
    expect(await eraseNow(asked)).toEqual({ outcome: 'erased' });
    expectRefused(await suspend(someone.id), 'CONFLICT', 'what is erased');
    expectRefused(await remove(someone.id), 'CONFLICT', 'what is erased');
  });

  test('by closing the account and letting the time pass: nothing is erased, and lifting it leaves the account closed', async () => {
    const [someone] = (await at.people(1, { pin: PIN })) as [Person];
    const phone = await at.phoneOf(someone.id);
    const closed = await close(someone);
    await suspend(someone.id);
    await at.timeHasCome(someone.id);
    await at.run("UPDATE auth.accounts SET restorable_until = now() - interval '1 second' WHERE id = $1", [someone.id]);
    expect(await eraseNow(closed)).toEqual({ outcome: 'on_hold' });
    expectRefused(await at.logIn(phone), 'UNAUTHORIZED', 'a late login');
    await at.plantCode(phone, '123456');
    const body = { phone_number: phone, country_code: 'TH', otp_code: '123456', statement: 'They were real' };
    expect(await at.ask(callNamed('appealSuspension'), { body })).toMatchObject({ status: 202 });

    const lifted = (await reinstate(someone.id)).body;
    expect(lifted).toMatchObject({ status: 'deleted', is_suspended: false, erasure: { status: 'pending' } });
    const told = (await at.written('auth.account_reinstated')).filter(({ data }) => data['user_id'] === someone.id);
    expect(told).toEqual([]);
    await at.timeHasCome(someone.id);
    expect(await eraseNow(closed)).toEqual({ outcome: 'erased' });
  });

  test('and compliance decides about it: its deletion is taken over, waits its whole time, and is held up by nothing', async () => {
    const [someone] = (await at.people(1, { pin: PIN })) as [Person];
    const phone = await at.phoneOf(someone.id);
    const asked = await erase(someone);
    await close(someone);
    await suspend(someone.id);
    const removed = await remove(someone.id);
    expect(removed).toMatchObject({ status: 202, body: { id: (asked.body as { id: string }).id, status: 'pending' } });
    // Asked for with a week, ordered with thirty days.
    expect(Date.parse((removed.body as PrivacyRequest).starts_at!) - Date.now()).toBeGreaterThan(29 * DAY);
    expect(await read(someone.id)).toMatchObject({ status: 'deleted', is_suspended: false, restorable_until: null });
    expectRefused(await at.logIn(phone), 'UNAUTHORIZED', 'a login');
    expectRefused(await remove(someone.id), 'CONFLICT', 'twice');
    await at.timeHasCome(someone.id);
    expect(await eraseNow(removed)).toEqual({ outcome: 'erased' });
  });

  test('and Postgres brings no suspended account back into use, whoever asks', async () => {
    const [someone] = (await at.people(1, { pin: PIN })) as [Person];
    await close(someone);
    await suspend(someone.id);
    const back = `UPDATE auth.accounts SET status = 'active', deleted_at = NULL, restorable_until = NULL WHERE id = $1`;
    await expect(at.run(back, [someone.id])).rejects.toThrow('accounts_stays_suspended');
  });
});

test('an erased account is brought back by nobody', async () => {
  const [someone] = (await at.people(1)) as [Person];
  await ask('deleteUser', ops, { params: { id: someone.id }, body: { reason: 'a court order' } });
  await at.run('UPDATE auth.accounts SET phone_number = NULL, erased_at = now() WHERE id = $1', [someone.id]);
  expectRefused(await reinstate(someone.id), 'CONFLICT', 'ops');
  await expect(at.run("UPDATE auth.accounts SET status = 'active' WHERE id = $1", [someone.id])).rejects.toThrow();
});
