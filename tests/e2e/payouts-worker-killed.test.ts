import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stepUp } from '#shared/contracts/auth/step-up.ts';
import { getTransaction } from '#shared/contracts/payments/history.ts';
import { createWithdrawal } from '#shared/contracts/payments/payouts.ts';
import { listWallets } from '#shared/contracts/payments/wallets.ts';
import type { TransactionId } from '#shared/ids.ts';
import { until } from '#tests/chaos/patience.ts';
import { PIN, type Resident } from '#tests/chaos/town.ts';
import { lockRows, type LockedRows } from './locked-rows.ts';
import { openStage, type Stage } from './stage.ts';

const BALANCE = '1000.00';
const AMOUNT = '100.00';
const DESTINATION = {
  type: 'bank',
  bank_code: 'kbank',
  account_number: '1234567891',
  account_name: 'Somchai Jaidee',
} as const;

const PAYOUT = 'SELECT FROM payments.payouts WHERE transaction_id = $1 FOR UPDATE';
const TRANSACTION = 'SELECT FROM payments.transactions WHERE id = $1 FOR UPDATE';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ roles: ['sandbox', 'gateway', 'worker'] });
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

async function sandbox(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${stage.cluster.sandboxUrl}/sandbox${path}`, {
    method,
    headers: { 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect(response.ok).toBe(true);
  const text = await response.text();
  return text === '' ? undefined : JSON.parse(text);
}

type Believed = { readonly status: string; readonly attempts: number };

async function payouts(id: TransactionId): Promise<readonly Believed[]> {
  return (await sandbox('GET', `/charges?reference=${id}`)) as Believed[];
}

const sent = (id: TransactionId) => until('the gateway knows the payout', async () => (await payouts(id)).length > 0);

const fault = (kind: string) => sandbox('POST', '/faults', { target: 'omise', kind, count: 1 });

async function withdraw({ client, walletId }: Resident): Promise<TransactionId> {
  const { body: proof } = await client.call(stepUp, { body: { pin: PIN } });
  const { body } = await client.call(createWithdrawal, {
    params: { id: walletId },
    body: { amount: AMOUNT, destination: DESTINATION },
    idempotencyKey: randomUUID(),
    stepUpToken: proof.step_up_token,
  });
  return body.id;
}

type AtMoment = { readonly id: TransactionId; readonly locks?: readonly LockedRows[] };

/** The moments at which the worker dies, each with a withdrawal brought to it. */
const MOMENTS: Readonly<Record<string, (payer: Resident) => Promise<AtMoment>>> = {
  /** The outbox holds the event that starts the workflow, or the worker has only begun with it. */
  'right after the request': async (payer) => ({ id: await withdraw(payer) }),

  'after the gateway has made it, before its id is noted': async (payer) => {
    await fault('slow');
    await fault('slow');
    const id = await withdraw(payer);
    await sent(id);
    const payout = await lockRows(stage.db.ownerUrl, PAYOUT, [id]);
    await payout.wanted();
    return { id, locks: [payout] };
  },

  'while what was paid is being posted': async (payer) => {
    const id = await withdraw(payer);
    await sent(id);
    await until('its id is noted', async () => {
      const { body } = await payer.client.call(getTransaction, { params: { id } });
      return body.gateway_transaction_id !== null;
    });
    await fault('drop_webhook');
    const transaction = await lockRows(stage.db.ownerUrl, TRANSACTION, [id]);
    await sandbox('POST', `/charges/${id}/settle`);
    // Nobody told: the story asks the gateway by itself.
    await transaction.wanted();
    return { id, locks: [transaction] };
  },
};

test('withdrawals that stood at every step when the worker was killed are each paid once', async () => {
  const payers = await stage.town.residents(Object.keys(MOMENTS).length, BALANCE);
  const brought: AtMoment[] = [];
  // The first of the moments comes last, right before the worker dies.
  for (const [place, bring] of Object.values(MOMENTS).toReversed().entries()) brought.push(await bring(payers[place]!));

  await stage.cluster.kill('worker');
  await Promise.all(brought.flatMap(({ locks = [] }) => locks.map((lock) => lock.release())));
  await stage.cluster.start('worker');

  for (const [place, { id }] of brought.entries()) {
    await sent(id);
    const [believed] = await payouts(id);
    if (believed!.status === 'pending') await sandbox('POST', `/charges/${id}/settle`);
    const { client } = payers[place]!;
    await until('the withdrawal is completed', async () => {
      const { body } = await client.call(getTransaction, { params: { id } });
      return body.status === 'completed';
    });
    expect(await payouts(id)).toMatchObject([{ status: 'successful' }]);
    const { body } = await client.call(listWallets, {});
    expect(body.wallets).toMatchObject([{ balance: '900.00', frozen_balance: '0.00' }]);
  }
  expect(await stage.bookFaults()).toEqual([]);
});
