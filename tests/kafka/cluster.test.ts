import { randomUUID } from 'node:crypto';
import { expect, inject, test } from 'vitest';
import { verifyAuditChain } from '#infrastructure/events/audit-chain.ts';
import { createDeposit } from '#shared/contracts/payments/deposits.ts';
import { getTransaction } from '#shared/contracts/payments/history.ts';
import { firstRow, statement } from '#shared/sql.ts';
import { until } from '#tests/chaos/patience.ts';
import type { Resident } from '#tests/chaos/town.ts';
import { openStage } from '#tests/e2e/stage.ts';

const LOGGED = statement('test.logged', 'SELECT count(*)::int AS events FROM events.log');
const HANDLED = statement('test.handled', 'SELECT count(*)::int AS events FROM events.handled');
const count = { events: expect.any(Number) as number };

test('a cluster whose events go over Kafka brings a deposit to its end, keeps its audit chain, and stops in good order', async () => {
  await using stage = await openStage({
    roles: ['sandbox', 'gateway', 'worker'],
    settings: {
      EVENT_BUS: 'kafka',
      KAFKA_BROKERS: inject('kafka'),
      KAFKA_TOPIC_PREFIX: `cluster-${randomUUID().slice(0, 8)}`,
      KAFKA_PARTITIONS: '3',
      KAFKA_REPLICAS: '1',
    },
  });
  const { cluster, db, town } = stage;
  const [payer] = (await town.residents(1, '0.00')) as [Resident];
  const { body } = await payer.client.call(createDeposit, {
    params: { id: payer.walletId },
    body: { amount: '250.00', payment_method: 'promptpay' },
    idempotencyKey: randomUUID(),
  });
  // The workflow is started by an event, and so is what it tells the gateway.
  const charges = `${cluster.sandboxUrl}/sandbox/charges`;
  await until('the gateway knows the charge', async () => {
    const known = (await (await fetch(`${charges}?reference=${body.id}`)).json()) as unknown[];
    return known.length > 0;
  });
  expect((await fetch(`${charges}/${body.id}/settle`, { method: 'POST' })).ok).toBe(true);
  const status = await until('the deposit is completed', async () => {
    const { body: now } = await payer.client.call(getTransaction, { params: { id: body.id } });
    return now.status !== 'pending' && now.status;
  });
  expect(status).toBe('completed');
  expect(await stage.bookFaults()).toEqual([]);
  await until('the audit chain has grown', async () => {
    const verdict = await verifyAuditChain(db.database);
    return verdict.ok && verdict.records > 0n;
  });
  expect(await firstRow(db.database, LOGGED)).toEqual({ events: 0 });
  expect((await firstRow<typeof count>(db.database, HANDLED))?.events).toBeGreaterThan(0);
  expect(await cluster.terminate('worker')).toBe('code 0');
});
