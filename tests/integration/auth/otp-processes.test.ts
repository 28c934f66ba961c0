import { randomBytes, randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { otpMetrics } from '#infrastructure/metrics/otp-metrics.ts';
import { openDatabases } from '#infrastructure/postgres/databases.ts';
import { makeBudgets } from '#infrastructure/redis/budgets.ts';
import { makeSendOtp } from '#services/auth/send-otp.ts';
import { makeVerifyOtp } from '#services/auth/verify-otp.ts';
import { AppError } from '#shared/errors.ts';
import { statement } from '#shared/sql.ts';
import { DAY } from '#shared/time.ts';
import { attempt, openAuth, openPolicy, type TestAuth } from './open-auth.ts';

const PROCESSES = 3;
const CALLS = 600;
/** Few enough that processes meet at the same numbers all the time, in blocks that they share as well. */
const NUMBERS = 12;

const DEADLOCKS = statement(
  'test.deadlocks',
  'SELECT deadlocks::int AS count FROM pg_stat_database WHERE datname = current_database()',
);

/** One more process over the same stores: connections and lanes of its own. */
function openProcess(at: TestAuth) {
  const databases = openDatabases({ DATABASE_URL: at.db.url, DATABASE_POOL_MAX: 4, REGION_DATABASE_URLS: [] }, 'test');
  const budgets = makeBudgets({ redis: at.budgetsRedis, prefix: randomBytes(5).toString('hex'), digestKey: 'test' });
  const ports = { databases, budgets, secrets: at.secrets, otpPolicy: openPolicy(1_000), otpMetrics, webOrigins: [] };
  const { tokens, revocations } = at.identity;
  return {
    send: makeSendOtp(ports),
    verify: makeVerifyOtp({
      ...ports,
      outbox: at.db.outbox,
      tokens,
      revocations,
      clock: () => new Date(),
      accountIdleAfterMs: 90 * DAY,
    }),
    [Symbol.asyncDispose]: () => databases[Symbol.asyncDispose](),
  };
}

function phone(): string {
  const place = randomInt(NUMBERS);
  return `+66${812_340_000 + Math.floor(place / 4) * 10_000 + place}`;
}

test('processes that send and judge codes of the same numbers at the same time never lock each other out', async () => {
  await using at = await openAuth();
  await using processes = new AsyncDisposableStack();
  const nodes = Array.from({ length: PROCESSES }, () => processes.use(openProcess(at)));
  const refusals = new Set<string>();
  const calls = Array.from({ length: CALLS }, async (_, call) => {
    const node = nodes[call % PROCESSES]!;
    const code = randomInt(1_000_000).toString().padStart(6, '0');
    const asked =
      call % 2 === 0
        ? node.send({ phoneNumber: phone(), country: 'TH', localeTag: 'th', ip: `198.51.100.${randomInt(8)}` })
        : node.verify(attempt(code, phone()));
    await asked.catch((error: unknown) => refusals.add(error instanceof AppError ? error.code : String(error)));
  });
  await Promise.all(calls);
  expect([...refusals]).toEqual(['UNAUTHORIZED']);
  // A connection that ends has told of its deadlocks.
  await processes.disposeAsync();
  const sent = await at.written('auth.otp_requested');
  expect(sent).toHaveLength(CALLS / 2);
  const [deadlocks] = await at.db.database.rows<{ count: number }>(DEADLOCKS);
  expect(deadlocks).toEqual({ count: 0 });
});
