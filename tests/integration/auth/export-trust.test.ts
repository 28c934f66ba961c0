import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyOtp } from '#shared/contracts/auth/otp.ts';
import { callNamed } from '../contract/calls.ts';
import type { Person } from '../contract/open-contract.ts';
import { expectRefused } from '../contract/refused.ts';
import { type Lives, openLives } from './open-lives.ts';

let at: Lives;
beforeAll(async () => {
  at = await openLives();
});
afterAll(() => at[Symbol.asyncDispose]());

/** Somebody's number on a device that their account knows, and on one that it does not, a day after it was opened. */
async function openTwo() {
  const [someone] = (await at.people(1)) as [Person];
  const phone = await at.phoneOf(someone.id);
  const tokenOf = async () => verifyOtp.answers[200].parse((await at.logIn(phone)).body).access_token;
  const known = await tokenOf();
  const fresh = await tokenOf();
  await at.run("UPDATE auth.accounts SET created_at = created_at - interval '1 day' WHERE id = $1", [someone.id]);
  return { known, fresh };
}

test('a new device is given no export, neither a new one nor one that its owner asked for', async () => {
  const { known, fresh } = await openTwo();
  expectRefused(await at.ask(callNamed('requestExport'), { token: fresh }), 'FORBIDDEN', 'the new device');
  const asked = await at.ask(callNamed('requestExport'), { token: known });
  expect(asked.status).toBe(202);
  const { id } = asked.body as { id: string };
  const answer = await at.ask(callNamed('downloadExport'), { token: fresh, params: { id } });
  expectRefused(answer, 'FORBIDDEN', 'the new device');
});

test('over HTTP a new device ends no trusted session, and a forgotten PIN is not reset from it', async () => {
  const { known, fresh } = await openTwo();
  const body = { pin: '135791', otp_code: '123456' };
  expectRefused(await at.ask(callNamed('resetPin'), { token: fresh, body }), 'FORBIDDEN', 'the reset');
  expectRefused(await at.ask(callNamed('resetPin'), { token: known, body }), 'CONFLICT', 'the reset');
  expect((await at.ask(callNamed('setPin'), { token: known, body: { pin: '246810' } })).status).toBe(204);
  expectRefused(await at.ask(callNamed('revokeOtherSessions'), { token: fresh }), 'FORBIDDEN', 'all others');
  expect((await at.ask(callNamed('readProfile'), { token: known })).status).toBe(200);
});
