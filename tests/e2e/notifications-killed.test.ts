import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CreateNotification } from '#shared/contracts/notifications/create.ts';
import { statement } from '#shared/sql.ts';
import { until } from '#tests/chaos/patience.ts';
import { seed } from '#tests/harness/seed.ts';
import { openStage, type Stage } from './stage.ts';

const PEOPLE = 150;
/** Milliseconds after it has taken the first on at which the worker is killed: while it writes, hands over and settles. */
const KILLED_AFTER_MS = [0, 5, 15, 40];

// As if the time had passed after which whoever has taken something on is taken for dead.
const GIVE_UP_ON_DEAD = statement(
  'test.give-up-on-dead',
  `WITH freed AS (UPDATE notifications.attempts SET updated_at = updated_at - interval '1 minute' WHERE state = 'sending')
   UPDATE notifications.notifications SET due_at = now() WHERE due_at IS NOT NULL`,
);
const SENDING = statement(
  'test.sending',
  `SELECT 1 AS found FROM notifications.notifications WHERE state = 'sending' LIMIT 1`,
);
const AT_REST = statement(
  'test.at-rest',
  'SELECT count(*)::int AS left FROM notifications.notifications WHERE due_at IS NOT NULL',
);
const FATES = statement(
  'test.fates',
  `SELECT accounts.phone_number, notifications.type, notifications.state,
          EXISTS (SELECT FROM notifications.attempts WHERE attempts.notification_id = notifications.id
                  AND attempts.state = 'unknown') AS in_doubt
   FROM notifications.notifications JOIN auth.accounts ON accounts.id = notifications.recipient_id`,
);

type Fate = { phone_number: string; type: 'sms' | 'in_app'; state: string; in_doubt: boolean };

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ roles: ['sandbox', 'gateway', 'worker'] });
});
afterAll(() => stage[Symbol.asyncDispose]());

async function textsTo(phone: string): Promise<number> {
  const response = await fetch(`${stage.cluster.sandboxUrl}/sandbox/inbox?to=${encodeURIComponent(phone)}`);
  return ((await response.json()) as unknown[]).length;
}

test('a sender that is killed again and again tells each person once by each way', { timeout: 180_000 }, async () => {
  const { cluster, db, town } = stage;
  const people = await town.residents(PEOPLE, '0.00');
  const [account] = await seed(cluster.env, { users: 1, role: 'ops' });
  const ops = town.clientOf({ tokens: { ...account!, expires_in: 3_600 } });
  await cluster.kill('worker');
  const body = { template: 'account.restored', types: ['sms', 'in_app'] as ('sms' | 'in_app')[] };
  for (const { id } of people) await ops.call(CreateNotification, { body: { ...body, recipient_id: id } });

  for (const afterMs of KILLED_AFTER_MS) {
    const starting = cluster.start('worker').catch(() => undefined);
    await until('it sends', async () => (await db.database.rows(SENDING)).length > 0);
    await sleep(afterMs);
    await cluster.kill('worker');
    await starting;
    await db.database.rows(GIVE_UP_ON_DEAD);
  }
  await cluster.start('worker');
  await until('everything is at rest', async () => {
    const [row] = await db.database.rows<{ left: number }>(AT_REST);
    return row!.left === 0;
  });

  const fates = await db.database.rows<Fate>(FATES);
  expect(fates.filter(({ type }) => type === 'in_app').map(({ state }) => state)).toEqual(
    Array(PEOPLE).fill('delivered'),
  );
  const texts = fates.filter(({ type }) => type === 'sms');
  expect(texts).toHaveLength(PEOPLE);
  for (const { phone_number: phone, in_doubt: inDoubt } of texts) {
    const count = await textsTo(phone);
    // What a provider may or may not have, and cannot say, is never given to it again.
    expect(inDoubt ? [0, 1] : [1]).toContain(count);
  }
});
