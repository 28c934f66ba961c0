import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AGENT, IP, openAuth, PHONE, type TestAuth } from './open-auth.ts';

const UNAUTHORIZED = { code: 'UNAUTHORIZED' };

function refresh({ auth }: TestAuth, refreshToken: string, userAgent = AGENT, ip = IP, deviceId?: string) {
  return auth.refreshSession({ refreshToken, userAgent, ip, deviceId });
}

async function revocations(at: TestAuth) {
  return (await at.written('auth.session_revoked')).map(({ data }) => data['reason']);
}

test('what is no token of ours is refused, and ends nothing', async () => {
  await using at = await openAuth();
  const { refreshToken, caller } = await at.logIn();
  const madeUp = Buffer.from(refreshToken, 'base64url');
  madeUp.fill(7, 16, 48);
  for (const token of ['x', 'x'.repeat(200), madeUp.toString('base64url'), refreshToken.slice(0, -1)]) {
    await expect(refresh(at, token)).rejects.toMatchObject(UNAUTHORIZED);
  }
  expect(await revocations(at)).toEqual([]);
  expect(await at.auth.listSessions(caller)).toHaveLength(1);
});

test('a spent token from another device ends the family, its access tokens and its live refresh token', async () => {
  await using at = await openAuth();
  const login = await at.logIn();
  const next = await refresh(at, login.refreshToken);
  await expect(refresh(at, login.refreshToken, 'thief/1')).rejects.toMatchObject(UNAUTHORIZED);
  expect(await revocations(at)).toEqual(['refresh_token_reused']);
  await expect(refresh(at, next.refreshToken)).rejects.toMatchObject(UNAUTHORIZED);
  await expect(at.identity.authenticate(next.accessToken)).rejects.toMatchObject({ code: 'SESSION_REVOKED' });
  const audit = (await at.written('audit.recorded')).map(({ data }) => data['action']);
  expect(audit).toContain('auth.session_revoked');
});

test('the device that spent a token gets no second answer after ten seconds', async () => {
  await using at = await openAuth();
  const { refreshToken } = await at.logIn();
  await refresh(at, refreshToken);
  await at.run("UPDATE auth.sessions SET spent_at = spent_at - interval '10001 milliseconds'");
  await expect(refresh(at, refreshToken)).rejects.toMatchObject(UNAUTHORIZED);
  expect(await revocations(at)).toEqual(['refresh_token_reused']);
});

test('a token spent before the last one ends the family within the grace too', async () => {
  await using at = await openAuth();
  const { refreshToken } = await at.logIn();
  const second = await refresh(at, refreshToken);
  await refresh(at, second.refreshToken);
  await expect(refresh(at, refreshToken)).rejects.toMatchObject(UNAUTHORIZED);
  expect(await revocations(at)).toEqual(['refresh_token_reused']);
});

test('a stolen token used at the same moment as its owner leaves nobody logged in', async () => {
  await using at = await openAuth();
  const { refreshToken, caller } = await at.logIn();
  const agents = [AGENT, 'thief/1'];
  const outcomes = await Promise.allSettled(agents.map((agent) => refresh(at, refreshToken, agent)));
  expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1);
  expect(await revocations(at)).toEqual(['refresh_token_reused']);
  expect(await at.auth.listSessions(caller)).toEqual([]);
});

test('a token that another device than the session’s brings ends the family, though nobody had spent it', async () => {
  await using at = await openAuth();
  const { refreshToken } = await at.logIn();
  await expect(refresh(at, refreshToken, AGENT, IP, 'another')).rejects.toMatchObject(UNAUTHORIZED);
  expect(await revocations(at)).toEqual(['refresh_token_reused']);
});

test('once the next token is spent, the one before ends the family within the grace, by the same device too', async () => {
  await using at = await openAuth();
  const { refreshToken } = await at.logIn();
  const next = await refresh(at, refreshToken, AGENT, IP, 'device-1');
  await refresh(at, next.refreshToken, AGENT, IP, 'device-1');
  await expect(refresh(at, refreshToken, AGENT, IP, 'device-1')).rejects.toMatchObject(UNAUTHORIZED);
  expect(await revocations(at)).toEqual(['refresh_token_reused']);
});

test('a device that changes networks while an answer is lost gets it again', async () => {
  await using at = await openAuth();
  const { refreshToken } = await at.logIn();
  const first = await refresh(at, refreshToken);
  expect(await refresh(at, refreshToken, AGENT, '198.51.100.9')).toEqual(first);
  const second = await refresh(at, first.refreshToken, 'before an update', IP, 'device-1');
  const repeat = await refresh(at, first.refreshToken, 'after it', '198.51.100.9', 'device-1');
  expect(repeat).toEqual(second);
  expect(await revocations(at)).toEqual([]);
});

test.each([
  ['thirty days after login, however often it was rotated', 'UPDATE auth.sessions SET expires_at = now()'],
  ['while its account is suspended', "UPDATE auth.accounts SET status = 'suspended'"],
])('a token is refused %s', async (_when, change) => {
  await using at = await openAuth();
  const { refreshToken } = await at.logIn();
  const { refreshToken: next } = await refresh(at, refreshToken);
  await at.run(change);
  await expect(refresh(at, next)).rejects.toMatchObject(UNAUTHORIZED);
});

test('rotation does not move the end of the session', async () => {
  await using at = await openAuth();
  const { refreshToken, caller } = await at.logIn();
  const [before] = await at.auth.listSessions(caller);
  await refresh(at, refreshToken);
  const [after] = await at.auth.listSessions(caller);
  expect(after?.expires_at).toBe(before?.expires_at);
});

test('a repeat within ten seconds by the same device answers the same pair, to the letter', async () => {
  await using at = await openAuth();
  const { refreshToken } = await at.logIn();
  const first = await refresh(at, refreshToken);
  const repeats = await Promise.all([1, 2, 3].map(() => refresh(at, refreshToken)));
  for (const repeat of repeats) expect(repeat).toEqual(first);
  expect(await revocations(at)).toEqual([]);
});

test('parallel refreshes of one device all get the same pair, and it works', async () => {
  await using at = await openAuth();
  const { refreshToken, caller } = await at.logIn();
  const pairs = await Promise.all(Array.from({ length: 10 }, () => refresh(at, refreshToken)));
  expect(new Set(pairs.map((pair) => JSON.stringify(pair))).size).toBe(1);
  expect(await at.identity.authenticate(pairs[0]!.accessToken)).toMatchObject({ sessionId: caller.sessionId });
  await expect(refresh(at, pairs[0]!.refreshToken)).resolves.toBeDefined();
});

test('the new access token carries the role that the account has by now', async () => {
  await using at = await openAuth();
  const { refreshToken } = await at.logIn(PHONE);
  await at.run("UPDATE auth.accounts SET role = 'merchant'");
  const { accessToken } = await refresh(at, refreshToken);
  expect(await at.identity.authenticate(accessToken)).toMatchObject({ role: 'merchant' });
});

test('whoever races with a stolen token, in whatever order: never two who can go on', async () => {
  await using at = await openAuth();
  const agents = fc.array(fc.constantFrom(AGENT, 'thief/1'), { minLength: 2, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(fc.array(agents, { minLength: 1, maxLength: 4 }), async (rounds) => {
      const { refreshToken, caller } = await at.logIn();
      /** What each of the two knows of the family: the tokens that they were answered. */
      const known = new Map<string, Set<string>>([AGENT, 'thief/1'].map((agent) => [agent, new Set([refreshToken])]));
      for (const round of rounds) {
        const tries = round.map(async (agent) => {
          const token = [...known.get(agent)!].at(-1)!;
          const pair = await refresh(at, token, agent).catch(() => undefined);
          if (pair !== undefined) known.get(agent)!.add(pair.refreshToken);
        });
        await Promise.all(tries);
      }
      const holders = [...known].filter(([, tokens]) => tokens.size > 1).map(([agent]) => agent);
      const isLive = (await at.auth.listSessions(caller)).length === 1;
      // As soon as both have been answered once, the second of them has spent what the first had spent before.
      if (holders.length === 2) expect(isLive).toBe(false);
      await at.auth.logOut(caller);
    }),
    { numRuns: 25 },
  );
});
