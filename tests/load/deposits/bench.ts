import { randomUUID } from 'node:crypto';
import { Client, Connection, WorkflowNotFoundError } from '@temporalio/client';
import { makeOutbox } from '#infrastructure/events/outbox.ts';
import { openDatabase } from '#infrastructure/postgres/database.ts';
import { dataConverter } from '#infrastructure/temporal/client.ts';
import { insertCharge } from '#services/payments/store/charges.ts';
import { insertTransactions } from '#services/payments/store/transactions.ts';
import { seedWallets } from '#services/payments/seed-wallets.ts';
import { happened } from '#shared/events/event.ts';
import { DepositRequested } from '#shared/events/payments.ts';
import type { TransactionId, UserId, WalletId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import type { Database } from '#shared/sql.ts';
import { MINUTE } from '#shared/time.ts';
import { DepositWorkflow } from '#shared/workflows/deposit.ts';
import { workflowId } from '#shared/workflows/command.ts';
import { startCluster } from '#tests/harness/cluster.ts';
import { environmentFor } from '#tests/harness/environment.ts';
import { type Bench, kept } from '../bench.ts';
import { startChild } from '../child.ts';
import { benchEngines } from '../engines.ts';
import { closedLoop, pause } from '../measure.ts';

/** Deposits, and bare workflows, under way at a time: enough to keep two cores busy while payers pay. */
const LANES = 48;
const BARE_WORKER = new URL('../baselines/bare-workflow/worker.main.ts', import.meta.url);
const BARE_QUEUE = 'bare';
/** How soon a deposit is looked for whose workflow has not begun. */
const LOOK_AGAIN_MS = 20;
/** The sandbox's payer pays what is described so by itself, a fifth of a second after the charge is made. */
const PAID_BY_ITSELF = 'auto';
/** Wallets that are deposited into, so that none is a queue of its own. */
const WALLETS = 64;

/**
 * Deposits a second from being asked for to the end of their workflow, beside a bare workflow with as many activities: one,
 * which makes the charge. The relay and the workflow driver, the gateway's charge, its signed webhook, the posting and the
 * signal that ends the wait are all part of it.
 */
export const depositsBench: Bench = {
  name: 'deposits',
  says: 'deposits/s collected and credited, beside a bare one-activity workflow',
  prepare: async ({ warmUpMs, runMs }) => {
    await using resources = new AsyncDisposableStack();
    const engines = resources.use(await benchEngines());
    const environment = environmentFor(engines.urls, engines.databaseUrl, { LOG_LEVEL: 'error' });
    const cluster = resources.use(await startCluster(environment, ['sandbox', 'gateway', 'worker']));
    resources.use(await startChild(BARE_WORKER, [engines.urls.temporal, BARE_QUEUE]));
    const connection = resources.adopt(await Connection.connect({ address: engines.urls.temporal }), (open) =>
      open.close(),
    );
    const bareClient = new Client({ connection });
    const client = new Client({
      connection,
      dataConverter: dataConverter({ TEMPORAL_CODEC_KEY: [cluster.env['TEMPORAL_CODEC_KEY']!] }),
    });
    const database = resources.adopt(
      openDatabase({ url: engines.databaseUrl, poolMax: 8, applicationName: 'bench' }),
      (open) => open.close(),
    );
    const userIds = Array.from({ length: WALLETS }, () => newId<UserId>('TH'));
    const ports = { core: database, outbox: makeOutbox(), clock: () => new Date() };
    const walletIds = await seedWallets(ports, userIds, { minor: 100n, currency: 'THB' });
    let turn = 0;
    const deposit = async () => {
      const place = turn++ % WALLETS;
      await ended(client, await request(database, userIds[place]!, walletIds[place]!));
    };
    const load = { lanes: LANES, warmUpMs, runMs };
    return {
      contenders: [
        {
          name: 'bare workflow, 1 activity',
          run: () => closedLoop({ ...load, call: () => executeBare(bareClient) }),
        },
        { name: 'deposits', run: () => closedLoop({ ...load, call: deposit }) },
      ],
      comparisons: [{ ours: 'deposits', baseline: 'bare workflow, 1 activity', aim: 'at least 0.6' }],
      ...kept(resources),
    };
  },
};

async function executeBare(client: Client): Promise<void> {
  await client.workflow.execute('bare', { workflowId: randomUUID(), taskQueue: BARE_QUEUE, args: [1] });
}

/** Asks for a deposit as the service does, without the limits of one person. */
async function request(database: Database, userId: UserId, walletId: WalletId): Promise<TransactionId> {
  const id = newId<TransactionId>('core');
  const at = new Date();
  const expiresAfterMs = 30 * MINUTE;
  const transaction = {
    id,
    walletId,
    userId,
    type: 'deposit',
    currency: 'THB',
    minor: 10_000n,
    status: 'pending',
    actor: userId,
    at,
    description: PAID_BY_ITSELF,
  } as const;
  const expiresAt = new Date(at.getTime() + expiresAfterMs);
  const requested = { transaction_id: id, gateway: 'omise', expires_after_ms: expiresAfterMs };
  await database.transaction(async (tx) => {
    await insertTransactions(tx, [transaction]);
    await insertCharge(tx, { transactionId: id, gateway: 'omise', method: 'promptpay', qrCode: 'shown', expiresAt });
    await makeOutbox().append(tx, { events: [happened(DepositRequested, id, requested)] });
  });
  return id;
}

/** @throws when the deposit ended in another way than with its money */
async function ended(client: Client, id: TransactionId): Promise<void> {
  for (;;) {
    try {
      const result: unknown = await client.workflow.getHandle(workflowId(DepositWorkflow, id)).result();
      const { status } = result as { status: string };
      if (status !== 'completed') throw new Error(`a deposit ended as ${status}`);
      return;
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
      await pause(LOOK_AGAIN_MS);
    }
  }
}
