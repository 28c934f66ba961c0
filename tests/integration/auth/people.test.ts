import { expect, test } from 'vitest';
import { seedAccounts } from '#services/auth/seed-accounts.ts';
import type { UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { AGENT, IP, openAuth, PHONE } from './open-auth.ts';

test('a profile takes no zone that is none, and stays as it was', async () => {
  await using at = await openAuth();
  const { caller } = await at.logIn();
  const before = await at.auth.readProfile(caller);
  for (const change of [
    { timezone: 'Asia/Atlantis' },
    { timezone: '+07:00' },
    { timezone: 'Asia/Bangkok/', displayName: 'Somchai' },
  ]) {
    await expect(at.auth.updateProfile(caller, change)).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  }
  expect(await at.auth.readProfile(caller)).toEqual(before);
});

test('a suspended account reads its profile and changes nothing', async () => {
  await using at = await openAuth();
  const { caller } = await at.logIn();
  await at.run("UPDATE auth.accounts SET status = 'suspended'");
  await expect(at.auth.updateProfile(caller, { displayName: 'X' })).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  expect(await at.auth.readProfile(caller)).toMatchObject({ status: 'suspended' });
});

test('what is named changes, what is not stays, and null takes the picture away', async () => {
  await using at = await openAuth();
  const { caller } = await at.logIn();
  const avatarUrl = 'https://example.com/a.png';
  const changed = await at.auth.updateProfile(caller, { displayName: 'สมชาย', avatarUrl, timezone: 'Asia/Tokyo' });
  expect(changed.profile).toEqual({
    display_name: 'สมชาย',
    avatar_url: avatarUrl,
    locale: 'en',
    timezone: 'Asia/Tokyo',
    presence_visible_to: 'contacts',
  });
  const again = await at.auth.updateProfile(caller, { locale: 'th', avatarUrl: null, presenceVisibleTo: 'nobody' });
  expect(again.profile).toEqual({
    display_name: 'สมชาย',
    avatar_url: null,
    locale: 'th',
    timezone: 'Asia/Tokyo',
    presence_visible_to: 'nobody',
  });
  expect(await at.auth.updateProfile(caller, {})).toMatchObject({ profile: again.profile });
  const told = await at.written('auth.profile_updated');
  expect(told.map(({ data }) => data)).toEqual(Array.from({ length: 3 }, () => ({ user_id: caller.userId })));
});

test('a lookup finds active accounts by their whole number, in whatever country, and says nothing of others', async () => {
  await using at = await openAuth();
  const thai = await at.logIn();
  const singaporean = await at.logIn('+6581234567', { country: 'SG' });
  const suspended = await at.logIn('+66898765432');
  await at.run("UPDATE auth.accounts SET status = 'suspended' WHERE id = $1", [suspended.user.id]);
  const asked = [PHONE, PHONE, '+6581234567', '+66898765432', '+84912345678', '+14155550123', '+66812345'];
  const found = await at.auth.lookUpUsers(thai.caller, asked);
  expect(found.map(({ id }) => id).toSorted()).toEqual([thai.user.id, singaporean.user.id].toSorted());
});

test('other domains learn of people by id; those who are not there are left out', async () => {
  await using at = await openAuth();
  const { user } = await at.logIn();
  const people = await at.auth.findPeople([user.id, user.id, newId<UserId>('VN'), newId<UserId>('core')] as UserId[]);
  expect(people).toEqual([
    {
      id: user.id,
      country: 'TH',
      status: 'active',
      role: 'user',
      displayName: '',
      avatarUrl: null,
      locale: 'en',
      timezone: 'Asia/Bangkok',
      kycTier: 0,
    },
  ]);
});

test('seeded accounts are unlike each other, logged in, and know their PIN', async () => {
  await using at = await openAuth();
  const ports = {
    databases: at.db.databases,
    secrets: at.secrets,
    tokens: at.identity.tokens,
    clock: () => new Date(),
  };
  const seeded = await seedAccounts(ports, { count: 1_500, role: 'merchant', pin: '246810' });
  expect(new Set(seeded.map(({ user_id }) => user_id)).size).toBe(1_500);
  expect(new Set(seeded.map(({ phone_number }) => phone_number)).size).toBe(1_500);
  const last = seeded.at(-1)!;
  const caller = await at.identity.authenticate(last.access_token);
  expect(caller).toMatchObject({ userId: last.user_id, role: 'merchant', country: 'TH' });
  await expect(at.auth.stepUp(caller, '246810')).resolves.toBeDefined();
  const pair = await at.auth.refreshSession({ refreshToken: last.refresh_token, userAgent: AGENT, ip: IP });
  await expect(at.identity.authenticate(pair.accessToken)).resolves.toBeDefined();
  const again = await at.logIn(last.phone_number);
  expect(again.user.id).toBe(last.user_id);
});
