import { expect, test } from 'vitest';
import { makeTokens } from '#services/auth/tokens.ts';
import { HOUR } from '#shared/time.ts';
import { openAuth, type TestAuth } from './open-auth.ts';

const PIN = '246810';

async function withPin(at: TestAuth) {
  const login = await at.logIn();
  await at.auth.setPin(login.caller, { pin: PIN, stepUpToken: undefined });
  return login;
}

async function audited(at: TestAuth) {
  return (await at.written('audit.recorded'))
    .map(({ data }) => data['action'])
    .filter((action) => /pin|stepped/.test(String(action)));
}

test('without a PIN there is no stepping up', async () => {
  await using at = await openAuth();
  const { caller } = await at.logIn();
  await expect(at.auth.stepUp(caller, PIN)).rejects.toMatchObject({ code: 'CONFLICT' });
});

test('of a hundred parallel wrong PINs four are told so, the fifth locks, and the right one is locked out for an hour', async () => {
  await using at = await openAuth();
  const { caller } = await withPin(at);
  const wrong = Array.from({ length: 100 }, (_, place) => String(place).padStart(6, '0'));
  const codes = await Promise.all(
    wrong.map((pin) => at.auth.stepUp(caller, pin).catch((error: { code: string; retryAfterS?: number }) => error)),
  );
  expect(codes.filter((error) => 'code' in error && error.code === 'PIN_INVALID')).toHaveLength(4);
  expect(codes.filter((error) => 'code' in error && error.code === 'PIN_LOCKED')).toHaveLength(96);
  const locked = await at.auth.stepUp(caller, PIN).catch((error: unknown) => error);
  expect(locked).toMatchObject({ code: 'PIN_LOCKED' });
  expect((locked as { retryAfterS: number }).retryAfterS).toBeGreaterThan(3_500);
  expect((locked as { retryAfterS: number }).retryAfterS).toBeLessThanOrEqual(3_600);
  expect(new Set(await audited(at))).toEqual(new Set(['auth.pin_set', 'auth.pin_refused', 'auth.pin_locked']));
  expect((await audited(at)).filter((action) => action === 'auth.pin_refused')).toHaveLength(4);
});

test('an hour later the count begins anew', async () => {
  await using at = await openAuth();
  const { caller } = await withPin(at);
  for (let tries = 0; tries < 5; tries++) await at.auth.stepUp(caller, '000000').catch(() => undefined);
  await at.run("UPDATE auth.pins SET locked_until = locked_until - interval '1 hour'");
  await expect(at.auth.stepUp(caller, '000000')).rejects.toMatchObject({ code: 'PIN_INVALID' });
  await expect(at.auth.stepUp(caller, PIN)).resolves.toMatchObject({ expiresInS: 300 });
});

test('a right PIN forgives the wrong ones before it', async () => {
  await using at = await openAuth();
  const { caller } = await withPin(at);
  for (let round = 0; round < 2; round++) {
    for (let tries = 0; tries < 4; tries++) {
      await expect(at.auth.stepUp(caller, '000000')).rejects.toMatchObject({ code: 'PIN_INVALID' });
    }
    await expect(at.auth.stepUp(caller, PIN)).resolves.toBeDefined();
  }
});

test('a PIN is not changed without proof of the old one', async () => {
  await using at = await openAuth();
  const { caller, accessToken } = await withPin(at);
  for (const stepUpToken of [undefined, 'nonsense', accessToken]) {
    const change = at.auth.setPin(caller, { pin: '135791', stepUpToken });
    await expect(change).rejects.toMatchObject({ code: 'STEP_UP_REQUIRED' });
  }
  await expect(at.auth.stepUp(caller, PIN)).resolves.toBeDefined();
});

test('two first PINs set at once: one of them, and not both', async () => {
  await using at = await openAuth();
  const { caller } = await at.logIn();
  const pins = ['111111', '222222'];
  const outcomes = await Promise.allSettled(pins.map((pin) => at.auth.setPin(caller, { pin, stepUpToken: undefined })));
  const kept = pins[outcomes.findIndex(({ status }) => status === 'fulfilled')]!;
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  await expect(at.auth.stepUp(caller, kept)).resolves.toBeDefined();
});

test('a step-up token of another session, or an hour old, proves nothing', async () => {
  await using at = await openAuth();
  const { caller } = await withPin(at);
  const other = await at.logIn();
  const { stepUpToken } = await at.auth.stepUp(caller, PIN);
  await expect(at.auth.verifyStepUp(stepUpToken, other.caller)).rejects.toMatchObject({ code: 'STEP_UP_REQUIRED' });
  await expect(at.auth.verifyStepUp(undefined, caller)).rejects.toMatchObject({ code: 'STEP_UP_REQUIRED' });
  await expect(at.auth.verifyStepUp(stepUpToken, caller)).resolves.toBeUndefined();
  const later = makeTokens({ keys: at.keys, issuer: at.publicUrl, clock: () => new Date(Date.now() + HOUR) });
  await expect(later.verifyStepUp(stepUpToken, caller)).rejects.toMatchObject({ code: 'STEP_UP_REQUIRED' });
});

test('with proof the PIN changes, and the old one is gone', async () => {
  await using at = await openAuth();
  const { caller } = await withPin(at);
  const { stepUpToken } = await at.auth.stepUp(caller, PIN);
  await at.auth.setPin(caller, { pin: '135791', stepUpToken });
  await expect(at.auth.stepUp(caller, PIN)).rejects.toMatchObject({ code: 'PIN_INVALID' });
  await expect(at.auth.stepUp(caller, '135791')).resolves.toBeDefined();
  const entries = ['auth.pin_set', 'auth.stepped_up', 'auth.pin_changed', 'auth.pin_refused', 'auth.stepped_up'];
  expect(await audited(at)).toEqual(entries);
  expect((await at.written('auth.pin_set')).map(({ data }) => data['is_first'])).toEqual([true, false]);
});
