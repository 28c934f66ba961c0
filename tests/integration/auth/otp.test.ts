import { expect, test } from 'vitest';
import { AuditRecorded } from '#shared/events/audit.ts';
import { AccountCreated, LoggedIn, OtpRequested, OtpVerified, SessionRevoked } from '#shared/events/auth.ts';
import { attempt, IP, openAuth, PHONE, type TestAuth, wrong } from './open-auth.ts';

const UNAUTHORIZED = { code: 'UNAUTHORIZED' };

function send({ auth }: TestAuth, phoneNumber = PHONE, localeTag = 'en', ip = IP) {
  return auth.sendOtp({ phoneNumber, country: 'TH', localeTag, ip });
}

test('a wrong code, a code without a challenge, and a right code for another number are refused alike', async () => {
  await using at = await openAuth();
  const other = '+66812345679';
  await send(at);
  await send(at, other);
  const code = await at.codeOf(PHONE);
  await expect(at.auth.verifyOtp(attempt(wrong(code)))).rejects.toMatchObject(UNAUTHORIZED);
  await expect(at.auth.verifyOtp(attempt(code, '+66898765432'))).rejects.toMatchObject(UNAUTHORIZED);
  await at.run(
    'UPDATE auth.otp_challenges SET code_hash = (SELECT code_hash FROM auth.otp_challenges WHERE phone_number = $1) WHERE phone_number = $2',
    [PHONE, other],
  );
  await expect(at.auth.verifyOtp(attempt(code, other))).rejects.toMatchObject(UNAUTHORIZED);
});

test('of 200 parallel guesses five are counted, and the right code among the rest opens nothing', async () => {
  await using at = await openAuth();
  await send(at);
  const code = await at.codeOf(PHONE);
  const guesses = Array.from({ length: 200 }, (_, place) => String(place).padStart(6, '0')).filter(
    (guess) => guess !== code,
  );
  const outcomes = await Promise.allSettled(guesses.map((guess) => at.auth.verifyOtp(attempt(guess))));
  expect(outcomes.every((outcome) => outcome.status === 'rejected')).toBe(true);
  await expect(at.auth.verifyOtp(attempt(code))).rejects.toMatchObject(UNAUTHORIZED);
  const exhausted = (await at.written('audit.recorded')).filter(({ data }) => data['action'] === 'auth.otp_exhausted');
  expect(exhausted).toHaveLength(1);
  expect(exhausted[0]?.data).toMatchObject({ outcome: 'refused', region: 'TH', subject: await at.challengeOf(PHONE) });
});

test('a code works once, however many bring it at the same moment', async () => {
  await using at = await openAuth();
  await send(at);
  const code = await at.codeOf(PHONE);
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => at.auth.verifyOtp(attempt(code))));
  expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
  expect(await at.written('auth.logged_in')).toHaveLength(1);
  await expect(at.auth.verifyOtp(attempt(code))).rejects.toMatchObject(UNAUTHORIZED);
});

test('a code is no good after its five minutes', async () => {
  await using at = await openAuth();
  await send(at);
  const code = await at.codeOf(PHONE);
  await at.run("UPDATE auth.otp_challenges SET expires_at = now() - interval '1 millisecond'");
  await expect(at.auth.verifyOtp(attempt(code))).rejects.toMatchObject(UNAUTHORIZED);
});

test('a new code kills the one before, and its guesses with it', async () => {
  await using at = await openAuth();
  await send(at);
  const first = await at.codeOf(PHONE);
  for (let guess = 0; guess < 5; guess++) {
    await expect(at.auth.verifyOtp(attempt(wrong(first)))).rejects.toMatchObject(UNAUTHORIZED);
  }
  await send(at);
  const second = await at.codeOf(PHONE);
  if (first !== second) await expect(at.auth.verifyOtp(attempt(first))).rejects.toMatchObject(UNAUTHORIZED);
  await expect(at.auth.verifyOtp(attempt(second))).resolves.toMatchObject({ user: { phone_number: PHONE } });
});

test('a suspended account is refused in the same words, and its code is spent', async () => {
  await using at = await openAuth();
  await at.logIn();
  await at.run("UPDATE auth.accounts SET status = 'suspended'");
  const sent = await send(at);
  expect(sent).toEqual({ expiresInS: 300, retryAfterS: 60 });
  const code = await at.codeOf(PHONE);
  const refusal = await at.auth.verifyOtp(attempt(code)).catch((error: unknown) => error);
  const guess = await at.auth.verifyOtp(attempt(wrong(code))).catch((error: unknown) => error);
  expect(refusal).toMatchObject(UNAUTHORIZED);
  expect((refusal as Error).message).toBe((guess as Error).message);
  expect(await at.challengeOf(PHONE)).toBeUndefined();
});

test.each([
  ['a second code for the number within a minute', [PHONE, PHONE], 60],
  ['an eleventh number from one address within an hour', numbers(11, 10_000), 3_600],
])('%s is refused until it is time', async (_what, phones, retryAfterS) => {
  await using at = await openAuth({ budgetFactor: 1 });
  const last = phones.at(-1)!;
  for (const phone of phones.slice(0, -1)) await send(at, phone);
  const refusal = await send(at, last).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: 'RATE_LIMIT_EXCEEDED' });
  const told = (refusal as { retryAfterS: number }).retryAfterS;
  expect(told).toBeGreaterThan(retryAfterS - 30);
  expect(told).toBeLessThanOrEqual(retryAfterS);
});

test('a twenty-first number of a block of ten thousand is refused, from whatever address', async () => {
  await using at = await openAuth({ budgetFactor: 1 });
  const phones = numbers(21, 1);
  for (const [place, phone] of phones.slice(0, 20).entries()) {
    await send(at, phone, 'en', `198.51.100.${place}`);
    if (place % 2 === 0) await at.auth.verifyOtp(attempt(await at.codeOf(phone), phone));
  }
  await expect(send(at, phones[20], 'en', '198.51.100.99')).rejects.toMatchObject({ code: 'RATE_LIMIT_EXCEEDED' });
});

test('no more codes are given out while the counters cannot be reached', async () => {
  await using at = await openAuth();
  await at.budgetsRedis.quit();
  await expect(send(at)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  expect(await at.challengeOf(PHONE)).toBeUndefined();
});

test('neither store nor events hold the code, and the sealed one is gone once it was delivered', async () => {
  await using at = await openAuth();
  await send(at);
  const code = await at.codeOf(PHONE);
  const rows = await at.db.database.rows<{ row: string }>({
    name: '',
    text: 'SELECT to_jsonb(c)::text AS row FROM auth.otp_challenges c',
  });
  expect(rows[0]!.row).not.toContain(code);
  const events = await at.written();
  expect(JSON.stringify(events)).not.toContain(code);
  expect(JSON.stringify(events)).not.toContain(PHONE.slice(1));
  await at.deliverReports();
  const sealed = await at.db.database.rows<{ sealed_code: unknown }>({
    name: '',
    text: 'SELECT sealed_code FROM auth.otp_challenges',
  });
  expect(sealed).toEqual([{ sealed_code: null }]);
  await expect(at.auth.verifyOtp(attempt(code))).resolves.toBeDefined();
});

test('the first login of a number makes its account, in the language asked for and the zone of its country', async () => {
  await using at = await openAuth();
  await send(at, '081 234 5678', 'vi-VN');
  const { user } = await at.auth.verifyOtp(attempt(await at.codeOf(PHONE)));
  expect(user).toMatchObject({
    phone_number: PHONE,
    country_code: 'TH',
    status: 'active',
    profile: {
      display_name: '',
      avatar_url: null,
      locale: 'vi',
      timezone: 'Asia/Bangkok',
      presence_visible_to: 'contacts',
    },
  });
  const types = (await at.written()).map(({ type }) => type);
  expect(types).toEqual([
    'auth.otp_requested',
    'auth.otp_verified',
    'auth.account_created',
    'auth.logged_in',
    'audit.recorded',
  ]);
});

test('a language that we do not speak becomes that of the country', async () => {
  await using at = await openAuth();
  await send(at, PHONE, 'fr');
  const { user } = await at.auth.verifyOtp(attempt(await at.codeOf(PHONE)));
  expect(user.profile.locale).toBe('th');
});

test('a later login finds the account, and only a device that it does not know is told as new', async () => {
  await using at = await openAuth();
  const first = await at.logIn();
  const second = await at.logIn();
  const tablet = { id: 'device-2', platform: undefined, appVersion: undefined };
  const third = await at.logIn(PHONE, { device: tablet });
  expect([second.user.id, third.user.id]).toEqual([first.user.id, first.user.id]);
  const logins = await at.written('auth.logged_in');
  expect(logins.map(({ data }) => data['new_device'])).toEqual([false, false, true]);
});

test('what the statements tell is what the kinds of events promise, at the head of the right aggregate', async () => {
  await using at = await openAuth();
  const first = await at.logIn();
  for (let login = 0; login < 5; login++) await at.logIn();
  await send(at);
  await expect(at.auth.verifyOtp(attempt(wrong(await at.codeOf(PHONE))))).rejects.toMatchObject(UNAUTHORIZED);
  const rows = await at.db.database.rows<{ type: string; version: number; aggregate_id: string; data: unknown }>({
    name: '',
    text: 'SELECT type, version, aggregate_id, data FROM events.outbox ORDER BY position',
  });
  const kinds = [OtpRequested, OtpVerified, AccountCreated, LoggedIn, SessionRevoked, AuditRecorded];
  const userId = first.user.id;
  const challenges = rows.filter(({ type }) => type === OtpRequested.type).map(({ aggregate_id: id }) => id);
  for (const { type, version, aggregate_id: aggregateId, data } of rows) {
    const kind = kinds.find((known) => known.type === type);
    if (kind === undefined) continue;
    expect(version).toBe(kind.version);
    expect(kind.data.strict().safeParse(data).error).toBeUndefined();
    const ofChallenge = type === OtpRequested.type || type === OtpVerified.type;
    if (ofChallenge) expect(challenges).toContain(aggregateId);
    else if (type !== AuditRecorded.type) expect(aggregateId).toBe(userId);
  }
  const told = new Set(rows.map(({ type }) => type));
  for (const { type } of kinds) expect(told).toContain(type);
});

/** Thai mobile numbers that differ by `step`. */
function numbers(count: number, step: number): string[] {
  return Array.from({ length: count }, (_, place) => `+66${812_340_000 + place * step}`);
}
