import { expect, test } from 'vitest';
import { seedAccounts } from '#services/auth/seed-accounts.ts';
import { DAY, HOUR, MINUTE, SECOND } from '#shared/time.ts';
import { AGENT, IP, openAuth, PHONE, type TestAuth } from './open-auth.ts';

/** A login of that device; without an id it is known by what it calls itself. */
function on(at: TestAuth, id: string | undefined, phone = PHONE, userAgent = AGENT) {
  return at.logIn(phone, { device: { id, platform: undefined, appVersion: undefined }, userAgent });
}

/** Until when the session of a login is limited, from now on, in milliseconds. */
function leftMs({ caller }: Awaited<ReturnType<typeof on>>): number | undefined {
  return caller.limitedUntil && caller.limitedUntil.getTime() - Date.now();
}

/** As if the account had been seen on these devices so many hours ago. */
async function seen(at: TestAuth, userId: string, hours: Readonly<Record<string, number>>): Promise<void> {
  for (const [id, ago] of Object.entries(hours)) {
    await at.run(
      `INSERT INTO auth.devices (account_id, device_key, first_seen_at) VALUES ($1, $2, now() - make_interval(hours => $3))`,
      [userId, `id:${id}`, ago],
    );
  }
}

test('a device that its account has not been seen on has lowered limits for a day, however often it logs in', async () => {
  await using at = await openAuth();
  const { user } = await on(at, 'first');
  const second = await on(at, 'second');
  expect(leftMs(second)).toBeGreaterThan(DAY - MINUTE);
  expect(leftMs(second)).toBeLessThanOrEqual(DAY + SECOND);
  expect((await on(at, 'second')).caller.limitedUntil).toEqual(second.caller.limitedUntil);
  await seen(at, user.id, { oldest: 40, older: 25, young: 23 });
  expect(leftMs(await on(at, 'young'))).toBeLessThan(HOUR + MINUTE);
  expect(leftMs(await on(at, 'young'))).toBeGreaterThan(0);
  expect(leftMs(await on(at, 'older'))).toBeUndefined();
});

test('limits stay lowered through a refresh that calls itself something else', async () => {
  await using at = await openAuth();
  await on(at, 'first');
  const { refreshToken, caller } = await on(at, undefined, PHONE, 'thief/1');
  const { accessToken } = await at.auth.refreshSession({ refreshToken, userAgent: 'something/else', ip: IP });
  expect((await at.identity.authenticate(accessToken)).limitedUntil).toEqual(caller.limitedUntil);
});

test('the first device of an account has the limits of its owner, and so has each later session on it', async () => {
  await using at = await openAuth();
  expect(leftMs(await on(at, 'first'))).toBeUndefined();
  await on(at, 'second');
  expect(leftMs(await on(at, 'first'))).toBeUndefined();
});

test('an account that was seeded has its own limits on the first device that it logs in from', async () => {
  await using at = await openAuth();
  const clock = () => new Date();
  const ports = { databases: at.db.databases, secrets: at.secrets, tokens: at.identity.tokens, clock };
  const [seeded] = await seedAccounts(ports, { count: 1, role: 'user' });
  expect((await at.identity.authenticate(seeded!.access_token)).limitedUntil).toBeUndefined();
  expect(leftMs(await on(at, 'phone', seeded!.phone_number))).toBeUndefined();
  expect(leftMs(await on(at, 'tablet', seeded!.phone_number))).toBeGreaterThan(0);
});
