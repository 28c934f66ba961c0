import { expect, test } from 'vitest';
import { makePurgeSessions } from '#services/auth/account-life/purge-sessions.ts';
import type { SessionId } from '#shared/ids.ts';
import { statement } from '#shared/sql.ts';
import { openAuth } from './open-auth.ts';

test('sessions go 30 days after their end, whether it was said or came, and others stay', async () => {
  await using at = await openAuth();
  const { databases, database, outbox } = at.db;
  const logins = [];
  for (const number of [1, 2, 3, 4, 5, 6]) logins.push(await at.logIn(`+6681234560${number}`));
  const [live, revoked, revokedLately, ranOut, ranOutLately, old] = logins.map(({ caller }) => caller.sessionId);
  const change = (id: SessionId | undefined, set: string) =>
    at.run(`UPDATE auth.sessions SET ${set} WHERE id = $1`, [id]);
  const ended = (days: number) => `revoked_reason = 'logged_out', revoked_at = now() - interval '${days} days'`;
  const begun = (days: number) =>
    `created_at = now() - interval '${days} days', expires_at = now() - interval '${days - 30} days'`;
  await change(revoked, ended(31));
  await change(revokedLately, ended(29));
  await change(ranOut, begun(61));
  await change(ranOutLately, begun(59));
  await change(old, `created_at = now() - interval '61 days'`);

  const purge = makePurgeSessions({ databases, outbox });
  expect([await purge(), await purge()]).toEqual([2, 0]);
  const left = await database.rows<{ id: SessionId }>(statement('test.sessions', 'SELECT id FROM auth.sessions'));
  expect(new Set(left.map(({ id }) => id))).toEqual(new Set([live, revokedLately, ranOutLately, old]));
  const audited = (await at.written('audit.recorded')).filter(({ data }) => data['action'] === 'auth.sessions_purged');
  expect(audited).toMatchObject([{ data: { actor: 'system', facts: { sessions: 2 } } }]);
});
