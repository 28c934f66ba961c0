import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { makeBudgets } from '#infrastructure/redis/budgets.ts';
import { otpMetrics } from '#infrastructure/metrics/otp-metrics.ts';
import { makeSendOtp } from '#services/auth/send-otp.ts';
import { makeVerifyOtp } from '#services/auth/verify-otp.ts';
import { AppError } from '#shared/errors.ts';
import { type Database, type Databases, type Sql, statement, type Tx } from '#shared/sql.ts';
import { DAY } from '#shared/time.ts';
import { attempt, IP, openAuth, openPolicy, type TestAuth } from './open-auth.ts';

/** What this connection has done and not yet told, table by table: how often it looked, and how many rows it wrote. */
const WORK = statement(
  'test.work',
  `SELECT schemaname || '.' || relname AS name, (coalesce(seq_scan, 0) + coalesce(idx_scan, 0))::int AS looks,
     n_tup_ins::int AS inserted, n_tup_upd::int AS updated, n_tup_del::int AS deleted
   FROM pg_stat_xact_user_tables ORDER BY schemaname, relname`,
);

type Work = { readonly name: string; readonly [what: string]: string | number };

const KNOWN = '+66812340001';
const UNKNOWN = '+66822340001';
const SUSPENDED = '+66832340001';
const WRONG_CODE = '000000';

type Done = { readonly statement: string; readonly work: readonly string[] };

/** The database, which writes down each statement and what it made the server do. */
function watched(database: Database): { readonly databases: Databases; readonly taken: () => Done[] } {
  let done: Done[] = [];
  const noted = (tx: Tx): Sql => ({
    rows: async (query, values) => {
      const before = await tx.rows<Work>(WORK);
      const rows = await tx.rows<never>(query, values);
      done.push({ statement: query.name, work: difference(before, await tx.rows<Work>(WORK)) });
      return rows;
    },
  });
  const one: Database = {
    rows: (query, values) => database.transaction((tx) => noted(tx).rows(query, values)),
    transaction: (work) => database.transaction((tx) => work({ ...noted(tx), inTransaction: true })),
  };
  return {
    databases: { of: () => one, all: [one] },
    taken: () => {
      const taken = done;
      done = [];
      return taken;
    },
  };
}

/** Per table what was done in between, of tables where anything was. */
function difference(before: readonly Work[], after: readonly Work[]): string[] {
  return after.flatMap((table) => {
    const earlier = before.find(({ name }) => name === table.name);
    const counts = (['looks', 'inserted', 'updated', 'deleted'] as const).map(
      (what) => `${what} ${Number(table[what]) - Number(earlier?.[what] ?? 0)}`,
    );
    return counts.every((count) => count.endsWith(' 0')) ? [] : [`${table.name}: ${counts.join(', ')}`];
  });
}

async function openWatched(at: TestAuth) {
  const { databases, taken } = watched(at.db.database);
  const budgets = makeBudgets({ redis: at.budgetsRedis, prefix: randomBytes(5).toString('hex'), digestKey: 'test' });
  const ports = { databases, budgets, secrets: at.secrets, otpPolicy: openPolicy(1_000), otpMetrics, webOrigins: [] };
  const { tokens, revocations } = at.identity;
  const send = makeSendOtp(ports);
  const verify = makeVerifyOtp({
    ...ports,
    outbox: at.db.outbox,
    tokens,
    revocations,
    clock: () => new Date(),
    accountIdleAfterMs: 90 * DAY,
  });
  return {
    /** What asking for a code answers, and the work that it makes. */
    send: async (phoneNumber: string) => {
      const answer = await send({ phoneNumber, country: 'TH', localeTag: 'en', ip: IP });
      return { answer, done: taken() };
    },
    guess: async (phoneNumber: string) => {
      const answer = await verify(attempt(WRONG_CODE, phoneNumber)).then(
        () => 'a login',
        (error: unknown) => (error instanceof AppError ? { code: error.code, message: error.message } : error),
      );
      return { answer, done: taken() };
    },
  };
}

/** An account, a suspended account, and a number that asked once and never logged in; nobody has a live code. */
async function openThree() {
  const at = await openAuth();
  await at.logIn(KNOWN);
  await at.logIn(SUSPENDED);
  await at.auth.sendOtp({ phoneNumber: UNKNOWN, country: 'TH', localeTag: 'en', ip: IP });
  await at.run("UPDATE auth.accounts SET status = 'suspended' WHERE phone_number = $1", [SUSPENDED]);
  await at.run('DELETE FROM auth.otp_challenges');
  return at;
}

test('asking for a code answers the same, and is the same work, for a known, an unknown and a suspended number', async () => {
  await using at = await openThree();
  const { send } = await openWatched(at);
  const known = await send(KNOWN);
  expect(known.done).toHaveLength(1);
  expect(known.done[0]!.work.join()).toContain('auth.otp_challenges: looks 1, inserted 1');
  expect(await send(UNKNOWN)).toEqual(known);
  expect(await send(SUSPENDED)).toEqual(known);
});

test('a wrong guess answers the same, and is the same work, for a known, an unknown and a suspended number', async () => {
  await using at = await openThree();
  const { send, guess } = await openWatched(at);
  for (const phone of [KNOWN, UNKNOWN, SUSPENDED]) await send(phone);
  const known = await guess(KNOWN);
  expect(known.done).toHaveLength(1);
  expect(known.answer).toMatchObject({ code: 'UNAUTHORIZED' });
  expect(await guess(UNKNOWN)).toEqual(known);
  expect(await guess(SUSPENDED)).toEqual(known);
});

test('a guess without a live code answers as a wrong one does, whoever has the number', async () => {
  await using at = await openThree();
  const { send, guess } = await openWatched(at);
  const [known, unknown, suspended] = [await guess(KNOWN), await guess(UNKNOWN), await guess(SUSPENDED)];
  expect(unknown).toEqual(known);
  expect(suspended).toEqual(known);
  await send(KNOWN);
  expect((await guess(KNOWN)).answer).toEqual(known.answer);
});
