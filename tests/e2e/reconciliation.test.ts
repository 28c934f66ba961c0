import { randomInt, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TchatClient } from '#client/tchat-client.ts';
import { readConfig } from '#infrastructure/config/read-config.ts';
import { type OpenTemporal, openTemporal } from '#infrastructure/temporal/client.ts';
import { stepUp } from '#shared/contracts/auth/step-up.ts';
import { createDeposit } from '#shared/contracts/payments/deposits.ts';
import { getTransaction } from '#shared/contracts/payments/history.ts';
import { createWithdrawal } from '#shared/contracts/payments/payouts.ts';
import { listFindings, listReconciliations } from '#shared/contracts/payments/reconciliation.ts';
import { refundTransaction } from '#shared/contracts/payments/refunds.ts';
import { traceMoney } from '#shared/contracts/payments/trace.ts';
import { createWallet } from '#shared/contracts/payments/wallets.ts';
import type { Currency } from '#shared/money.ts';
import type { TransactionId, WalletId } from '#shared/ids.ts';
import { statement } from '#shared/sql.ts';
import { HOUR, SECOND } from '#shared/time.ts';
import { workflowId } from '#shared/workflows/command.ts';
import { ReconciliationWorkflow } from '#shared/workflows/reconciliation.ts';
import { until } from '#tests/chaos/patience.ts';
import { PIN, type Resident } from '#tests/chaos/town.ts';
import { seed } from '#tests/harness/seed.ts';
import { callAt } from '#tests/integration/gateway/call-at.ts';
import { lockRows } from './locked-rows.ts';
import { openStage, type Stage } from './stage.ts';

const DAY_MS = 24 * HOUR;
const GATEWAYS = ['omise', 'stripe', 'xendit'] as const;
const DESTINATION = {
  type: 'bank',
  bank_code: 'kbank',
  account_number: '1234567891',
  account_name: 'Somchai Jaidee',
} as const;

const SUSPENSE = statement(
  'test.suspense-of-gateways',
  `SELECT account.owner, account.currency, account.balance FROM payments.accounts AS account
   WHERE account.kind = 'suspense' AND account.balance <> 0`,
);
const UNANSWERED = statement(
  'test.movements-without-a-line',
  `SELECT transfer.kind FROM payments.transfers AS transfer
   JOIN payments.entries AS entry ON entry.transfer_id = transfer.id
   JOIN payments.accounts AS account ON account.id = entry.account_id AND account.kind = 'gateway_clearing'
   WHERE transfer.kind IN ('deposit', 'withdrawal', 'refund')
     AND NOT EXISTS (SELECT FROM payments.statement_lines AS line WHERE line.transfer_id = transfer.id)`,
);
const LINES = statement(
  'test.judged-lines',
  `SELECT line.gateway, line.kind, count(*)::int AS lines FROM payments.statement_lines AS line
   WHERE line.judged_at IS NOT NULL AND line.transfer_id IS NOT NULL
   GROUP BY line.gateway, line.kind ORDER BY line.gateway, line.kind`,
);
const CLEARING = `SELECT FROM payments.accounts WHERE kind = 'gateway_clearing' AND owner = $1 FOR UPDATE`;
const REFUND_OF = statement('test.refund-of', 'SELECT FROM payments.transactions WHERE refund_of = $1');

let stage: Stage;
let temporal: OpenTemporal;
let resident: Resident;
let ops: TchatClient;
let opsToken: string;
beforeAll(async () => {
  stage = await openStage({ roles: ['sandbox', 'gateway', 'worker'] });
  temporal = openTemporal(readConfig(stage.cluster.env));
  [resident] = (await stage.town.residents(1, '1000.00')) as [Resident];
  const [staff] = await seed(stage.cluster.env, { users: 1, role: 'ops' });
  opsToken = staff!.access_token;
  ops = stage.town.clientOf({ tokens: { ...staff!, expires_in: HOUR / SECOND } });
});
afterAll(async () => {
  await temporal.close();
  await stage[Symbol.asyncDispose]();
});

async function sandbox(method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${stage.cluster.sandboxUrl}/sandbox${path}`, {
    method,
    headers: { 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect(response.ok, path).toBe(true);
  return await response.json();
}

async function post(path: string, body: object): Promise<Record<string, unknown>> {
  const answer = await callAt(stage.cluster.gatewayUrl)('POST', `/api/v1${path}`, { body });
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
  return answer.body as Record<string, unknown>;
}

type Payer = { readonly client: TchatClient; readonly walletId: WalletId };

/** Someone new of a country, with an empty wallet of its currency. */
async function newcomer(country_code: string, phone_number: string, currency: Currency): Promise<Payer> {
  await post('/auth/otp/send', { phone_number, country_code });
  const text = await until('a code', async () => {
    const inbox = (await sandbox('GET', `/inbox?to=${encodeURIComponent(phone_number)}`)) as { text: string }[];
    return inbox[0]?.text;
  });
  const otp_code = /\b\d{6}\b/.exec(text)![0];
  const device_info = { device_id: randomUUID() };
  const pair = await post('/auth/otp/verify', { phone_number, country_code, otp_code, device_info });
  const tokens = {
    access_token: String(pair['access_token']),
    refresh_token: String(pair['refresh_token']),
    expires_in: HOUR / SECOND,
  };
  const client = stage.town.clientOf({ tokens });
  const { body } = await client.call(createWallet, { body: { currency } });
  return { client, walletId: body.id };
}

async function completed({ client }: Payer, id: TransactionId): Promise<void> {
  await until('the transaction is completed', async () => {
    const { body } = await client.call(getTransaction, { params: { id } });
    return body.status === 'completed';
  });
}

/** Lets the gateway bring to an end what it has been asked for. */
async function settle(id: TransactionId): Promise<void> {
  await until('the gateway knows it', async () => {
    return ((await sandbox('GET', `/charges?reference=${id}`)) as unknown[]).length > 0;
  });
  await sandbox('POST', `/charges/${id}/settle`);
}

async function deposit(payer: Payer, amount: string, payment_method: string): Promise<TransactionId> {
  const { body } = await payer.client.call(createDeposit, {
    params: { id: payer.walletId },
    body: { amount, payment_method },
    idempotencyKey: randomUUID(),
  });
  await settle(body.id);
  await completed(payer, body.id);
  return body.id;
}

async function withdraw(payer: Payer): Promise<TransactionId> {
  const { body: proof } = await payer.client.call(stepUp, { body: { pin: PIN } });
  const { body } = await payer.client.call(createWithdrawal, {
    params: { id: payer.walletId },
    body: { amount: '100.00', destination: DESTINATION },
    idempotencyKey: randomUUID(),
    stepUpToken: proof.step_up_token,
  });
  await settle(body.id);
  await completed(payer, body.id);
  return body.id;
}

async function giveBack(payer: Payer, deposited: TransactionId): Promise<void> {
  const { body } = await payer.client.call(refundTransaction, {
    params: { id: deposited },
    body: {},
    idempotencyKey: randomUUID(),
  });
  await settle(body.id);
  await completed(payer, body.id);
}

/** The bank gives a withdrawal back after it was paid. */
async function bounce(id: TransactionId): Promise<void> {
  await sandbox('POST', `/charges/${id}/fail`);
  await until('the bank has given it back', async () => {
    return (await stage.db.database.rows(REFUND_OF, [id])).length === 1;
  });
}

const digits = (count: number) => String(randomInt(10 ** count)).padStart(count, '0');

/** Begins the reconciliation of a day, as the schedule does once it is over. */
async function begin(gateway: string, day: string) {
  return await temporal.client.workflow.start(ReconciliationWorkflow.type, {
    workflowId: workflowId(ReconciliationWorkflow, `${gateway}-${day}`),
    taskQueue: stage.cluster.env['TASK_QUEUE_PREFIX']! + ReconciliationWorkflow.taskQueue,
    args: [{ gateway, day }],
  });
}

test('a day of three gateways agrees but for what was planted, though the worker is killed in the middle', async () => {
  const firstDay = new Date();
  const singaporean = await newcomer('SG', `+6581${digits(6)}`, 'SGD');
  const indonesian = await newcomer('ID', `+62812${digits(8)}`, 'IDR');
  const traced = await deposit(resident, '50.00', 'promptpay');
  const refunded = await deposit(resident, '25.00', 'promptpay');
  await deposit(singaporean, '10.00', 'card');
  await deposit(singaporean, '10.00', 'card');
  await deposit(indonesian, '25000', 'qris');
  await giveBack(resident, refunded);
  await withdraw(resident);
  await bounce(await withdraw(resident));
  await sandbox('POST', '/statements/omise', { kind: 'unknown', amount: '70.00', currency: 'THB' });

  // Around midnight one part of it is on one day, and the rest on the next.
  const days = [firstDay, new Date(firstDay.getTime() + DAY_MS)].map((at) => at.toISOString().slice(0, 10));
  const [day, next] = days as [string, string];
  // The worker dies while it posts what it has found, with nothing of that step written yet.
  const clearing = await lockRows(stage.db.ownerUrl, CLEARING, ['omise']);
  const interrupted = await begin('omise', day);
  await clearing.wanted();
  await stage.cluster.kill('worker');
  await clearing.release();
  expect(await stage.db.database.rows(LINES)).toEqual([]);
  expect((await interrupted.describe()).status.name).toBe('RUNNING');
  await stage.cluster.start('worker');
  const runs = [interrupted, await begin('stripe', day), await begin('xendit', day)];
  for (const run of runs) await run.result();
  for (const gateway of GATEWAYS) await (await begin(gateway, next)).result();

  const { body: found } = await ops.call(listFindings, { query: { limit: 10 } });
  // A payment of 70.00 that nobody here made: of a charge that it does not show, Omise tells what is left after its fee.
  expect(found.findings).toMatchObject([
    {
      gateway: 'omise',
      kind: 'missing_in_ledger',
      status: 'open',
      ours: null,
      theirs: { amount: '-68.77', currency: 'THB' },
    },
  ]);
  expect(await stage.db.database.rows(SUSPENSE)).toEqual([{ owner: 'omise', currency: 'THB', balance: 6_877n }]);
  expect(await stage.db.database.rows(UNANSWERED)).toEqual([]);
  expect(await stage.db.database.rows(LINES)).toEqual([
    { gateway: 'omise', kind: 'charge', lines: 2 },
    { gateway: 'omise', kind: 'payout', lines: 2 },
    { gateway: 'omise', kind: 'refund', lines: 1 },
    { gateway: 'omise', kind: 'return', lines: 1 },
    { gateway: 'stripe', kind: 'charge', lines: 2 },
    { gateway: 'xendit', kind: 'charge', lines: 1 },
  ]);

  const reports = await ops.call(listReconciliations, { query: { limit: 30 } });
  expect(reports.status).toBe(200);
  expect(reports.body.runs).toHaveLength(6);
  expect(reports.body.runs.every(({ status }) => status === 'completed')).toBe(true);
  expect(reports.body.runs.reduce((sum, { open_findings }) => sum + open_findings, 0)).toBe(1);
  const { body: trace } = await ops.call(traceMoney, { params: { id: traced } });
  expect(JSON.stringify(trace)).toContain('"kind":"charge"');
  const page = await fetch(`${stage.cluster.gatewayUrl}/api/v1/ops/trace/${traced}/page`, {
    headers: { Authorization: `Bearer ${opsToken}` },
  });
  expect(page.status).toBe(200);
  expect(await page.text()).toContain(traced);
  expect(await stage.bookFaults()).toEqual([]);
});
