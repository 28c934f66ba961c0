import { expect, test } from 'vitest';
import { makeAppeal } from '#services/auth/account-life/appeal.ts';
import type { OtpJudgement } from '#services/auth/otp-guards.ts';
import { spendCode } from '#services/auth/spend-code.ts';
import { makeSweepCodes } from '#services/auth/sweep-codes.ts';
import type { Country } from '#shared/regions.ts';
import { firstRow, statement } from '#shared/sql.ts';
import { attempt, IP, openAuth, PHONE, type TestAuth, wrong } from './open-auth.ts';

/** Metrics that remember what was judged. */
function openMetrics() {
  const judged: [Country, OtpJudgement][] = [];
  const nothing = () => undefined;
  const metrics = { sent: nothing, refused: nothing, alarmed: nothing };
  return { judged, otpMetrics: { ...metrics, judged: (...one: [Country, OtpJudgement]) => void judged.push(one) } };
}

async function code(at: TestAuth): Promise<string> {
  await at.auth.sendOtp({ phoneNumber: PHONE, country: 'TH', localeTag: 'en', ip: IP });
  return await at.codeOf(PHONE);
}

function appealing(at: TestAuth) {
  const { judged, otpMetrics } = openMetrics();
  const ports = { databases: at.db.databases, outbox: at.db.outbox, secrets: at.secrets, otpMetrics };
  const appeal = (given: string) =>
    makeAppeal(ports, { phoneNumber: PHONE, country: 'TH', code: given, statement: 'It was not me' });
  return { judged, appeal };
}

async function conversion(at: TestAuth) {
  const query = statement('test.conversion', 'SELECT asked, verified FROM auth.otp_conversions');
  return await firstRow<{ asked: number; verified: number }>(at.db.database, query);
}

test('a wrong code of an appeal is counted, audited and measured as that of a login, and five end it', async () => {
  await using at = await openAuth();
  await at.logIn();
  await at.run("UPDATE auth.accounts SET status = 'suspended'");
  const right = await code(at);
  const { judged, appeal } = appealing(at);
  for (let guess = 0; guess < 5; guess += 1) {
    await expect(appeal(wrong(right))).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  }
  await expect(appeal(right)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  expect(judged.map(([, outcome]) => outcome)).toEqual([...Array(4).fill('wrong'), 'exhausted', 'absent']);
  const refused = (await at.written('audit.recorded')).filter(({ data }) => data['outcome'] === 'refused');
  expect(refused.map(({ data }) => data['action'])).toEqual([
    ...Array(4).fill('auth.code_refused'),
    'auth.otp_exhausted',
  ]);
});

test('a right code of an appeal ends its delivery and speaks for its block of numbers', async () => {
  await using at = await openAuth();
  await at.logIn();
  await at.run("UPDATE auth.accounts SET status = 'suspended'");
  const before = await conversion(at);
  const right = await code(at);
  const challenge = await at.challengeOf(PHONE);
  const { judged, appeal } = appealing(at);
  await appeal(right);
  expect(judged).toEqual([['TH', 'ok']]);
  expect((await conversion(at))!.verified).toBeGreaterThan(before!.verified + 0.9);
  expect((await at.written('auth.otp_verified')).at(-1)).toMatchObject({
    aggregate_id: challenge,
    data: { challenge_id: challenge, country: 'TH' },
  });
  expect(await at.challengeOf(PHONE)).toBeUndefined();
});

test('guesses for an appeal and for a login are counted together, in parallel too', async () => {
  await using at = await openAuth();
  const right = await code(at);
  const { otpMetrics, judged } = openMetrics();
  const spend = (given: string) =>
    at.db.database.transaction((tx) =>
      spendCode({ secrets: at.secrets, otpMetrics }, tx, { phone: PHONE, country: 'TH', code: given }),
    );
  const guesses = [1, 2, 3].flatMap(() => [
    spend(wrong(right)),
    at.auth.verifyOtp(attempt(wrong(right))).then(
      () => true,
      () => false,
    ),
  ]);
  expect(await Promise.all(guesses)).toEqual(Array(6).fill(false));
  expect(await spend(right)).toBe(false);
  expect(judged.map(([, outcome]) => outcome)).toContain('absent');
});

test('a code that proves a number opens no session and makes no account', async () => {
  await using at = await openAuth();
  const right = await code(at);
  const { otpMetrics } = openMetrics();
  const given = { phone: PHONE, country: 'TH', code: right } as const;
  const spend = () => at.db.database.transaction((tx) => spendCode({ secrets: at.secrets, otpMetrics }, tx, given));
  expect(await spend()).toBe(true);
  expect(await spend()).toBe(false);
  expect((await at.written()).map(({ type }) => type)).toEqual(['auth.otp_requested', 'auth.otp_verified']);
});

test('expired codes go though nothing is delivered', async () => {
  await using at = await openAuth();
  await at.auth.sendOtp({ phoneNumber: PHONE, country: 'TH', localeTag: 'en', ip: IP });
  const sweep = makeSweepCodes({ databases: at.db.databases });
  expect(await sweep()).toBe(0);
  await at.run("UPDATE auth.otp_challenges SET expires_at = now() - interval '1 second'");
  expect(await sweep()).toBe(1);
  expect(await at.challengeOf(PHONE)).toBeUndefined();
  expect(await sweep()).toBe(0);
});
