import { expect, test } from 'vitest';
import { openDatabase } from '#infrastructure/postgres/database.ts';
import { dataOf } from '#shared/events/event.ts';
import { OtpCountryStopped, OtpPrefixSlowed } from '#shared/events/otp-guards.ts';
import type { Country } from '#shared/regions.ts';
import { attempt, IP, openAuth, PHONE, type TestAuth, wrong } from './open-auth.ts';

const UNAUTHORIZED = { code: 'UNAUTHORIZED' };
const LIMITED = { code: 'RATE_LIMIT_EXCEEDED' };

type Where = { readonly country?: Country; readonly ip?: string };

function send({ auth }: TestAuth, phoneNumber = PHONE, { country = 'TH', ip = IP }: Where = {}) {
  return auth.sendOtp({ phoneNumber, country, localeTag: 'en', ip });
}

/** Thai mobile numbers that differ by `step`. */
function numbers(count: number, step: number): string[] {
  return Array.from({ length: count }, (_, place) => `+66${812_340_000 + place * step}`);
}

/** How many of the codes were sent, asked for all at once and each from its own network. */
async function sentAtOnce(at: TestAuth, phones: readonly string[], ips?: readonly string[]): Promise<number> {
  const asked = phones.map((phone, place) =>
    send(at, phone, { ip: ips?.[place] ?? `198.51.${place >> 8}.${place & 255}` }),
  );
  const outcomes = await Promise.allSettled(asked);
  for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject(LIMITED);
  return outcomes.filter(({ status }) => status === 'fulfilled').length;
}

/** Redis has forgotten everything, and the minute between two codes is over. */
async function forget(at: TestAuth): Promise<void> {
  await at.budgetsRedis.flushall();
}

async function afterAMinute(at: TestAuth): Promise<void> {
  const back = (column: string) =>
    `ARRAY(SELECT m - interval '61 seconds' FROM unnest(${column}) WITH ORDINALITY AS r(m, n) ORDER BY n)`;
  await at.run(`UPDATE auth.otp_numbers SET recent = ${back('recent')}`);
  await at.run(`UPDATE auth.otp_budgets SET recent = ${back('recent')}`);
}

test('a Redis that forgets everything in the middle of an attack gives a number no more codes', async () => {
  await using at = await openAuth({ budgetFactor: 1 });
  for (let sent = 0; sent < 3; sent++) {
    await send(at);
    await forget(at);
    await expect(send(at)).rejects.toMatchObject(LIMITED);
    await afterAMinute(at);
    await forget(at);
  }
  const refusal = await send(at).catch((error: unknown) => error);
  expect(refusal).toMatchObject(LIMITED);
  const { retryAfterS } = refusal as { retryAfterS: number };
  expect(retryAfterS).toBeGreaterThan(600 - 3 * 61 - 30);
  expect(retryAfterS).toBeLessThanOrEqual(600 - 3 * 61);
});

test('a flushed Redis gives an address no more codes, in parallel and on every process', async () => {
  await using at = await openAuth({ budgetFactor: 1 });
  const phones = numbers(40, 10_000);
  let sent = 0;
  for (const from of [0, 10, 20, 30]) {
    sent += await sentAtOnce(
      at,
      phones.slice(from, from + 10),
      phones.map(() => '203.0.113.7'),
    );
    await forget(at);
  }
  expect(sent).toBe(10);
});

test('a flushed Redis gives a block of numbers no more codes', async () => {
  await using at = await openAuth({ budgetFactor: 1 });
  const phones = numbers(60, 1);
  let sent = 0;
  for (const from of [0, 20, 40]) {
    sent += await sentAtOnce(at, phones.slice(from, from + 20));
    await forget(at);
  }
  // Fifteen of which none came back, and then the block is slowed.
  expect(sent).toBe(15);
});

test('a refusal by Postgres draws on no budget', async () => {
  await using at = await openAuth({ budgetFactor: 1, policy: { codesPerHour: 1 } });
  await send(at);
  for (const phone of numbers(8, 20_000).slice(1)) await expect(send(at, phone)).rejects.toMatchObject(LIMITED);
  const [address] = await at.db.database.rows<{ drawn: number }>({
    name: '',
    text: "SELECT cardinality(recent) AS drawn FROM auth.otp_budgets WHERE bucket LIKE 'address:%'",
  });
  expect(address).toEqual({ drawn: 1 });
});

test('a country gets so many codes an hour, from however many addresses, and ops are told once', async () => {
  await using at = await openAuth({ budgetFactor: 1, policy: { codesPerHour: 30 } });
  expect(await sentAtOnce(at, numbers(60, 10_000))).toBeGreaterThan(20);
  await forget(at);
  expect(await sentAtOnce(at, numbers(120, 10_000).slice(60))).toBe(0);
  await expect(send(at, '+6581234567', { country: 'SG' })).resolves.toBeDefined();
  const told = await at.written(OtpCountryStopped.type);
  expect(told.map(({ data }) => [data['country'], data['budget']])).toEqual([['TH', 'codes']]);
  const audits = (await at.written('audit.recorded')).map(({ data }) => data['action']);
  expect(audits.filter((action) => action === 'auth.otp_country_full')).toHaveLength(1);
});

test('a country whose texts have cost enough for a day gets no more, and ops are told once', async () => {
  // Three cents a text: ten of them are thirty cents.
  await using at = await openAuth({ budgetFactor: 1, policy: { spendPerDay: 300_000n } });
  expect(await sentAtOnce(at, numbers(25, 10_000))).toBe(10);
  await forget(at);
  const refusal = await send(at, '+66891234567', { ip: '192.0.2.1' }).catch((error: unknown) => error);
  expect(refusal).toMatchObject(LIMITED);
  expect((refusal as { retryAfterS: number }).retryAfterS).toBeGreaterThan(86_000);
  await expect(send(at, '+6581234567', { country: 'SG' })).resolves.toBeDefined();
  const [told, ...more] = await at.written(OtpCountryStopped.type);
  expect(more).toEqual([]);
  const stored = { id: '', version: 1, occurredAt: new Date(), aggregateId: told!.aggregate_id, ...told! };
  expect(dataOf(OtpCountryStopped, stored)).toMatchObject({ country: 'TH', budget: 'spend' });
});

test('no codes are sent to a country that is not on the list', async () => {
  await using at = await openAuth({ policy: { countries: new Set(['TH']) } });
  await expect(send(at, '+6581234567', { country: 'SG' })).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  await expect(send(at)).resolves.toBeDefined();
  expect(await at.challengeOf('+6581234567')).toBeUndefined();
});

test('a block whose codes do not come back is slowed, and ops see it', async () => {
  await using at = await openAuth({ budgetFactor: 1 });
  const phones = numbers(17, 1);
  for (const [place, phone] of phones.slice(0, 15).entries()) await send(at, phone, { ip: `198.51.100.${place}` });
  const refusal = await send(at, phones[15], { ip: '198.51.100.99' }).catch((error: unknown) => error);
  expect(refusal).toMatchObject(LIMITED);
  expect((refusal as { retryAfterS: number }).retryAfterS).toBeGreaterThan(3_500);

  const [told, ...more] = await at.written(OtpPrefixSlowed.type);
  expect(more).toEqual([]);
  const stored = { id: '', version: 2, occurredAt: new Date(), aggregateId: told!.aggregate_id, ...told! };
  const slowed = { prefix: '+6681', country: 'TH', asked: 15, verified: 0 };
  expect(dataOf(OtpPrefixSlowed, stored)).toMatchObject(slowed);
  expect(JSON.stringify(told)).not.toContain('6681234');
  const older = { ...stored, version: 1, data: { ...stored.data, prefix: '+6681234' } };
  expect(dataOf(OtpPrefixSlowed, older)).toMatchObject(slowed);
  const audits = (await at.written('audit.recorded')).map(({ data }) => [data['action'], data['subject']]);
  expect(audits).toEqual([['auth.otp_prefix_slowed', 'TH']]);
  expect(JSON.stringify(await at.written('audit.recorded'))).not.toContain('6681234');
});

test('in a slowed block the next code is told to come later, until people log in again', async () => {
  await using at = await openAuth({ budgetFactor: 1 });
  await send(at);
  await at.run("UPDATE auth.otp_conversions SET asked = 30, slowed_until = now() + interval '1 hour'");
  const neighbour = '+66812345679';
  expect(await send(at, neighbour, { ip: '192.0.2.1' })).toEqual({ expiresInS: 300, retryAfterS: 600 });
  await at.run('UPDATE auth.otp_conversions SET verified = 7');
  await at.auth.verifyOtp(attempt(await at.codeOf(neighbour), neighbour));
  const another = '+66812345670';
  expect(await send(at, another, { ip: '192.0.2.2' })).toEqual({ expiresInS: 300, retryAfterS: 60 });
});

test('codes that come back slow nobody', async () => {
  await using at = await openAuth({ budgetFactor: 1 });
  for (const [place, phone] of numbers(20, 1).entries()) {
    await send(at, phone, { ip: `198.51.100.${place}` });
    if (place % 3 === 0) await at.auth.verifyOtp(attempt(await at.codeOf(phone), phone));
  }
  expect(await at.written(OtpPrefixSlowed.type)).toEqual([]);
});

test('after a hundred wrong guesses in a row a number gets no code and no login for a day, the right code included', async () => {
  await using at = await openAuth();
  const login = await at.logIn();
  for (let code = 0; code < 19; code++) {
    await send(at);
    const right = await at.codeOf(PHONE);
    const guesses = Array.from({ length: 5 }, () => at.auth.verifyOtp(attempt(wrong(right))));
    for (const guess of await Promise.allSettled(guesses)) expect(guess.status).toBe('rejected');
  }
  await send(at);
  const right = await at.codeOf(PHONE);
  for (let guess = 0; guess < 4; guess++) {
    await expect(at.auth.verifyOtp(attempt(wrong(right)))).rejects.toMatchObject(UNAUTHORIZED);
  }
  await at.run('UPDATE auth.otp_challenges SET guesses = 0');
  await expect(at.auth.verifyOtp(attempt(wrong(right)))).rejects.toMatchObject(UNAUTHORIZED);
  await expect(at.auth.verifyOtp(attempt(right))).rejects.toMatchObject(UNAUTHORIZED);
  const refusal = await send(at).catch((error: unknown) => error);
  expect(refusal).toMatchObject(LIMITED);
  expect((refusal as { retryAfterS: number }).retryAfterS).toBeGreaterThan(86_000);
  const locked = (await at.written('audit.recorded')).filter(({ data }) => data['action'] === 'auth.otp_locked');
  expect(locked.map(({ data }) => data['facts'])).toEqual([{ straight_failures: 100 }]);

  // Whoever is still logged in somewhere shows the PIN, which is another factor.
  await at.auth.setPin(login.caller, { pin: '246810', stepUpToken: undefined });
  await at.auth.stepUp(login.caller, '246810');
  await expect(at.auth.verifyOtp(attempt(right))).resolves.toBeDefined();
});

test('a login forgets the wrong guesses before it', async () => {
  await using at = await openAuth();
  await send(at);
  const right = await at.codeOf(PHONE);
  await expect(at.auth.verifyOtp(attempt(wrong(right)))).rejects.toMatchObject(UNAUTHORIZED);
  await at.run('UPDATE auth.otp_numbers SET straight_failures = 99');
  await at.auth.verifyOtp(attempt(right));
  await send(at);
  const next = await at.codeOf(PHONE);
  await expect(at.auth.verifyOtp(attempt(wrong(next)))).rejects.toMatchObject(UNAUTHORIZED);
  await expect(at.auth.verifyOtp(attempt(next))).resolves.toBeDefined();
});

test('a code of an earlier challenge, or of another number, opens nothing however it is replayed', async () => {
  await using at = await openAuth();
  const other = '+66812345679';
  await send(at);
  const first = await at.codeOf(PHONE);
  const [kept] = await at.db.database.rows<{ code_hash: Buffer }>({
    name: '',
    text: 'SELECT code_hash FROM auth.otp_challenges',
  });
  await at.auth.verifyOtp(attempt(first));
  await expect(at.auth.verifyOtp(attempt(first))).rejects.toMatchObject(UNAUTHORIZED);
  // Even whoever can write the old hash into a new challenge has not its id, which the hash is bound to.
  await send(at);
  await send(at, other);
  await at.run('UPDATE auth.otp_challenges SET code_hash = $1', [kept!.code_hash]);
  await expect(at.auth.verifyOtp(attempt(first))).rejects.toMatchObject(UNAUTHORIZED);
  await expect(at.auth.verifyOtp(attempt(first, other))).rejects.toMatchObject(UNAUTHORIZED);
});

test('one number at fault in a crowd fails alone', async () => {
  await using at = await openAuth();
  const phones = numbers(30, 10_000);
  const bad = phones[13]!;
  const owner = openDatabase({ url: at.db.ownerUrl, poolMax: 2, applicationName: 'test' });
  const planted = `ALTER TABLE auth.otp_challenges ADD CONSTRAINT planted CHECK (phone_number <> '${bad}')`;
  await owner.rows({ name: '', text: planted });
  await owner.close();
  const sends = await Promise.allSettled(phones.map((phone) => send(at, phone)));
  const failed = phones.filter((_, place) => sends[place]!.status === 'rejected');
  expect(failed).toEqual([bad]);
  expect(await at.written('auth.otp_requested')).toHaveLength(29);
});

test('someone whose row is held is told to come back, and holds up nobody else', async () => {
  await using at = await openAuth();
  const phones = numbers(6, 10_000);
  const held = phones[2]!;
  await at.logIn(held);
  for (const phone of phones) await send(at, phone);
  const codes = await Promise.all(phones.map((phone) => at.codeOf(phone)));
  const logins = await at.db.database.transaction(async (tx) => {
    await tx.rows({ name: '', text: `SELECT 1 FROM auth.accounts WHERE phone_number = '${held}' FOR UPDATE` });
    return await Promise.allSettled(phones.map((phone, place) => at.auth.verifyOtp(attempt(codes[place]!, phone))));
  });
  const failed = phones.filter((_, place) => logins[place]!.status === 'rejected');
  expect(failed).toEqual([held]);
  expect(logins[2]).toMatchObject({ reason: { code: 'RETRY_LATER' } });
  // The guess was taken back with the rest, so the code is still good.
  await expect(at.auth.verifyOtp(attempt(codes[2]!, held))).resolves.toBeDefined();
});
