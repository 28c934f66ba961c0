import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDeposit } from '#shared/contracts/payments/deposits.ts';
import { getTransaction } from '#shared/contracts/payments/history.ts';
import { listWallets } from '#shared/contracts/payments/wallets.ts';
import type { TransactionId } from '#shared/ids.ts';
import { until } from '#tests/chaos/patience.ts';
import type { Resident } from '#tests/chaos/town.ts';
import { engines } from '#tests/harness/engines.ts';
import { openStage, type Stage } from './stage.ts';

const AMOUNT = '250.00';

let stage: Stage;
let payer: Resident;
beforeAll(async () => {
  stage = await openStage({ roles: ['sandbox', 'gateway', 'worker'] });
  [payer] = (await stage.town.residents(1, '0.00')) as [Resident];
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

/** Every deposit that was asked for, for the reckoning in the end. */
const deposits: TransactionId[] = [];

async function sandbox(method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${stage.cluster.sandboxUrl}/sandbox${path}`, {
    method,
    headers: { 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect(response.ok).toBe(true);
  return await response.json();
}

/** The next call to the gateway, or of it, goes wrong like this. */
const fault = (kind: string) => sandbox('POST', '/faults', { target: 'omise', kind, count: 1 });

async function ask(): Promise<TransactionId> {
  const { body } = await payer.client.call(createDeposit, {
    params: { id: payer.walletId },
    body: { amount: AMOUNT, payment_method: 'promptpay' },
    idempotencyKey: randomUUID(),
  });
  const id = body.id as TransactionId;
  deposits.push(id);
  return id;
}

type Charge = { readonly status: string; readonly attempts: number };

/** What the gateway believes. */
async function charges(id: TransactionId): Promise<readonly Charge[]> {
  return (await sandbox('GET', `/charges?reference=${id}`)) as Charge[];
}

async function charged(id: TransactionId): Promise<void> {
  await until('the gateway knows the charge', async () => (await charges(id)).length > 0);
}

const pay = (id: TransactionId) => sandbox('POST', `/charges/${id}/settle`);

async function completed(id: TransactionId): Promise<void> {
  const history = await until('the deposit is completed', async () => {
    const { body } = await payer.client.call(getTransaction, { params: { id } });
    return body.status !== 'pending' && body.history.map(({ status }) => status);
  });
  expect(history).toEqual(['pending', 'completed']);
}

async function balance(): Promise<number> {
  const { body } = await payer.client.call(listWallets, {});
  return Number(body.wallets.find(({ id }) => id === payer.walletId)?.balance);
}

test('a worker that is killed while the gateway makes the charge charges nobody twice', async () => {
  await fault('slow');
  const id = await ask();
  await charged(id);
  await stage.cluster.kill('worker');
  await pay(id);
  await completed(id);
  await stage.cluster.start('worker');
  expect(await charges(id)).toMatchObject([{ status: 'successful', attempts: 1 }]);
});

test('a webhook that comes ten times at once, and again under ten other names, credits once', async () => {
  const before = await balance();
  const id = await ask();
  await charged(id);
  const same = { status: 'successful', id: `evnt_${randomUUID()}`, times: 10 };
  expect(await sandbox('POST', `/webhooks/${id}`, same)).toEqual({ answers: Array(10).fill(200) });
  const others = Array.from({ length: 10 }, () => ({ ...same, id: `evnt_${randomUUID()}`, times: 1 }));
  const heard = await Promise.all(others.map((other) => sandbox('POST', `/webhooks/${id}`, other)));
  expect(heard).toEqual(others.map(() => ({ answers: [200] })));
  await pay(id);
  await completed(id);
  expect(await balance()).toBe(before + Number(AMOUNT));
});

test('a deposit whose webhook is lost is completed by asking the gateway', async () => {
  const id = await ask();
  await charged(id);
  await fault('drop_webhook');
  await pay(id);
  await completed(id);
});

test('a gateway that does not answer is asked again, and the payer is charged once', async () => {
  await fault('timeout');
  const id = await ask();
  await charged(id);
  expect(await charges(id)).toMatchObject([{ status: 'pending', attempts: 2 }]);
  await pay(id);
  await completed(id);
});

test('a charge whose answer was lost after it was made is found, and not made again', async () => {
  await fault('reset_after_commit');
  const id = await ask();
  await charged(id);
  await until('the charge is found', async () => {
    const { body } = await payer.client.call(getTransaction, { params: { id } });
    return body.gateway_transaction_id !== null;
  });
  expect(await charges(id)).toMatchObject([{ status: 'pending', attempts: 1 }]);
  await pay(id);
  await completed(id);
});

test('a deposit that is paid while the worker is dead is completed without it', async () => {
  const id = await ask();
  await charged(id);
  await stage.cluster.kill('worker');
  await pay(id);
  await completed(id);
  await stage.cluster.start('worker');
});

test('in the end each deposit was charged once, credited once, and its workflow is over', async () => {
  const connection = await Connection.connect({ address: engines.temporal });
  const { workflow } = new Client({ connection });
  try {
    for (const id of deposits) {
      expect(await charges(id)).toMatchObject([{ status: 'successful' }]);
      const status = async () => (await workflow.getHandle(`payment-${id}`).describe()).status.name;
      await expect.poll(status, { timeout: 40_000 }).toBe('COMPLETED');
    }
  } finally {
    await connection.close();
  }
  expect(await balance()).toBe(deposits.length * Number(AMOUNT));
  expect(await stage.bookFaults()).toEqual([]);
});
