import { expect, test } from 'vitest';
import type { Caller } from '#shared/caller.ts';
import { AppError } from '#shared/errors.ts';
import type { SessionId, UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { makeAuthenticate } from './authenticate.ts';

const caller: Caller = {
  userId: newId<UserId>('TH'),
  sessionId: newId<SessionId>('TH'),
  role: 'user',
  country: 'TH',
  expiresAt: new Date(1_000),
};

/** An `authenticate` over a clock and a set of ended sessions, with a count of the signatures that were checked. */
function authenticator() {
  const state = { now: 0, checked: 0, ended: new Set<SessionId>(), good: 'good', withdrawals: 0 };
  const authenticate = makeAuthenticate({
    tokens: {
      verifyAccess: async (token) => {
        state.checked += 1;
        if (token !== state.good) throw new AppError('UNAUTHORIZED');
        return caller;
      },
    },
    revocations: {
      check: (id) => {
        if (state.ended.has(id)) throw new AppError('SESSION_REVOKED');
      },
    },
    clock: () => new Date(state.now),
    keys: { withdrawals: () => state.withdrawals },
  });
  return { state, authenticate };
}

test('a bad token is checked and refused each time', async () => {
  const { state, authenticate } = authenticator();
  for (let use = 0; use < 3; use++) await expect(authenticate('bad')).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  expect(state.checked).toBe(3);
});

test('a token whose signature is known ends with its hour', async () => {
  const { state, authenticate } = authenticator();
  await authenticate('good');
  state.now = 1_000;
  await expect(authenticate('good')).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' });
});

test('a token whose signature is known ends with its session', async () => {
  const { state, authenticate } = authenticator();
  await authenticate('good');
  state.ended.add(caller.sessionId);
  await expect(authenticate('good')).rejects.toMatchObject({ code: 'SESSION_REVOKED' });
});

test('a token whose signature is known is refused once its key has been taken away', async () => {
  const { state, authenticate } = authenticator();
  await authenticate('good');
  state.good = 'one of the next key';
  state.withdrawals += 1;
  await expect(authenticate('good')).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
});

test('the signature of a good token is checked once', async () => {
  const { state, authenticate } = authenticator();
  for (let use = 0; use < 3; use++) expect(await authenticate('good')).toBe(caller);
  expect(state.checked).toBe(1);
});
