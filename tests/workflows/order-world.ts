import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { makeCommerceActivities } from '#activities/commerce/activities.ts';
import { cacheFolder } from '#infrastructure/local/storage/folders.ts';
import { makeOrderWorkflows } from '#infrastructure/temporal/order-workflows.ts';
import type { CommerceService } from '#services/commerce/service.ts';
import type { Caller } from '#shared/caller.ts';
import type { Order } from '#shared/contracts/commerce/order.ts';
import type { Product } from '#shared/contracts/commerce/product.ts';
import type { OrderId, ProductId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { workflowId } from '#shared/workflows/command.ts';
import { type OrderInput, type OrderOutcome, OrderWorkflow } from '#shared/workflows/order.ts';
import { type FreshDatabase, freshDatabase } from '#tests/harness/database.ts';
import {
  basket,
  DEADLINES,
  type Merchant,
  merchantOf,
  newKey,
  onSale,
  openCommerce,
  someone,
} from '#tests/integration/commerce/open-commerce.ts';
import { keepHistory } from '#tests/histories/keep-history.ts';
import type { OrderPayments } from '#workflows/commerce/steps.ts';
import { ensureBundle } from '#workers/workflow-bundles.ts';
import { type ScriptedPayments, scriptedPayments } from './scripted-payments.ts';

/** A placed order with everybody around it. */
export type Deal = {
  readonly id: OrderId;
  readonly order: Order;
  readonly product: Product;
  readonly buyer: Caller;
  readonly seller: Merchant;
};

export type OrderWorld = {
  readonly db: FreshDatabase;
  readonly env: TestWorkflowEnvironment;
  readonly commerce: CommerceService;
  readonly payments: ScriptedPayments;
  /** Before the names of this world's task queues. */
  readonly taskQueuePrefix: string;
  /** Someone buys 2 of the 10 pieces of something new. */
  buy(): Promise<Deal>;
  /** Starts the order's workflow as the event of checkout does. */
  start(deal: Deal, deadlines?: Partial<OrderInput>): Promise<{ result(): Promise<OrderOutcome> }>;
  /** The story so far, as `step status`. */
  story(deal: Deal): Promise<string[]>;
  stock(deal: Deal): Promise<number>;
  /** Saves the workflow's history for the replay tests, when asked to by RECORD_HISTORIES=1. */
  keep(deal: Deal, name: string): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** Workers of the commerce and payments queues on a server, over a database of their own. */
export async function openOrderWorld(
  env: TestWorkflowEnvironment,
  { maxCachedWorkflows = 100 }: { readonly maxCachedWorkflows?: number } = {},
): Promise<OrderWorld> {
  const db = await freshDatabase();
  const prefix = `t${newId('core').slice(-8)}-`;
  const commerce = openCommerce(
    db,
    makeOrderWorkflows({ client: env.client, taskQueuePrefix: prefix, answerWithinMs: 30_000 }),
  );
  const payments = scriptedPayments();
  const workers = await startOrderWorkers(env, prefix, commerce, payments.activities, maxCachedWorkflows);

  return {
    db,
    env,
    commerce,
    payments,
    taskQueuePrefix: prefix,
    buy: async () => {
      const seller = await merchantOf(db);
      const product = await onSale(commerce, seller);
      const buyer = someone();
      const order = await commerce.placeOrder(buyer, basket(product, 2), newKey());
      return { id: order.id as OrderId, order, product, buyer, seller };
    },
    start: async (deal, deadlines = {}) =>
      await env.client.workflow.start<(input: OrderInput) => Promise<OrderOutcome>>(OrderWorkflow.type, {
        workflowId: workflowId(OrderWorkflow, deal.id),
        taskQueue: `${prefix}${OrderWorkflow.taskQueue}`,
        args: [{ ...inputOf(deal), ...deadlines }],
      }),
    story: async ({ buyer, id }) => {
      const { events } = await commerce.getTimeline(buyer, id);
      return events.map((event) => `${event.step} ${event.status}`);
    },
    stock: async ({ buyer, product }) => (await commerce.getProduct(buyer, product.id as ProductId)).stock_quantity,
    keep: async ({ id }, name) => {
      if (process.env.RECORD_HISTORIES !== '1') return;
      await keepHistory(env.client, { domain: 'commerce', name, workflowId: workflowId(OrderWorkflow, id) });
    },
    [Symbol.asyncDispose]: async () => {
      await workers.stop();
      await db[Symbol.asyncDispose]();
    },
  };
}

/** Serves the commerce and payments queues until stopped. */
export async function startOrderWorkers(
  env: TestWorkflowEnvironment,
  prefix: string,
  commerce: CommerceService,
  payments: OrderPayments,
  maxCachedWorkflows: number,
): Promise<{ stop(): Promise<void> }> {
  const bundle = await ensureBundle('commerce', join(cacheFolder(process.env), 'bundles'));
  const workers = await Promise.all([
    Worker.create({
      connection: env.nativeConnection,
      taskQueue: `${prefix}commerce`,
      workflowBundle: { codePath: bundle.path },
      activities: makeCommerceActivities(commerce),
      maxCachedWorkflows,
    }),
    Worker.create({ connection: env.nativeConnection, taskQueue: `${prefix}payments`, activities: payments }),
  ]);
  const running = Promise.all(workers.map((worker) => worker.run()));
  return {
    stop: async () => {
      for (const worker of workers) worker.shutdown();
      await running;
    },
  };
}

function inputOf({ order, seller, buyer }: Deal): OrderInput {
  return {
    orderId: order.id,
    customerId: buyer.userId,
    ownerId: seller.merchant.userId,
    walletId: newId('core'),
    amount: order.total_amount,
    currency: order.currency,
    ...DEADLINES,
  };
}
