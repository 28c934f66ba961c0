import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { type Cluster, startCluster } from '#tests/harness/cluster.ts';
import { environmentFor } from '#tests/harness/environment.ts';
import { seed, type SeededUser } from '#tests/harness/seed.ts';
import { type Bench, kept } from '../bench.ts';
import { startChild } from '../child.ts';
import { benchEngines } from '../engines.ts';
import { closedLoop } from '../measure.ts';

/** Orders, and bare workflows, under way at a time: enough to keep two cores busy. */
const LANES = 24;
const BARE_WORKER = new URL('../baselines/bare-workflow/worker.main.ts', import.meta.url);
const BARE_QUEUE = 'bare';
const POLL_MS = 40;
const POLLS_MAX = 1_000;

/**
 * Orders a second from checkout to the merchant's settlement, next to a bare one-activity workflow on the same server.
 * The merchant confirms, ships and delivers at once, and the dispute window is over when it opens.
 */
export const ordersBench: Bench = {
  name: 'orders',
  says: 'orders/s from checkout to settlement, beside a bare one-activity workflow',
  prepare: async ({ warmUpMs, runMs }) => {
    await using resources = new AsyncDisposableStack();
    const engines = resources.use(await benchEngines());
    const cluster = resources.use(
      await startCluster(
        environmentFor(engines.urls, engines.databaseUrl, {
          RATE_LIMITS: 'relaxed',
          LOG_LEVEL: 'error',
          ORDER_DISPUTE_WINDOW: 'PT0S',
        }),
      ),
    );
    const shops = await openShops(cluster);
    resources.use(await startChild(BARE_WORKER, [engines.urls.temporal, BARE_QUEUE]));
    const connection = resources.adopt(await Connection.connect({ address: engines.urls.temporal }), (open) =>
      open.close(),
    );
    const client = new Client({ connection });
    const bare = (activities: number) => ({
      name: `bare workflow, ${activities} ${activities === 1 ? 'activity' : 'activities'}`,
      run: () =>
        closedLoop({
          lanes: LANES,
          warmUpMs,
          runMs,
          call: () =>
            client.workflow.execute('bare', { workflowId: randomUUID(), taskQueue: BARE_QUEUE, args: [activities] }),
        }),
    });
    return {
      contenders: [
        bare(1),
        bare(ORDER_ACTIVITIES),
        {
          name: 'orders',
          run: () => closedLoop({ lanes: LANES, warmUpMs, runMs, call: (lane) => order(cluster, shops[lane]!) }),
        },
      ],
      comparisons: [
        { ours: 'orders', baseline: 'bare workflow, 1 activity' },
        { ours: 'orders', baseline: `bare workflow, ${ORDER_ACTIVITIES} activities` },
      ],
      ...kept(resources),
    };
  },
};

/** Activities of an order that goes well: the payment is held, captured and settled; the rest is local to its worker. */
const ORDER_ACTIVITIES = 3;

type Stall = {
  readonly merchant: SeededUser;
  readonly customer: SeededUser;
  readonly productId: string;
};

async function openShops(cluster: Cluster): Promise<Stall[]> {
  const merchants = await seed(cluster.env, { users: LANES, role: 'merchant' });
  const customers = await seed(cluster.env, { users: LANES, balance: '1000000.00:THB' });
  return await Promise.all(
    merchants.map(async (merchant, lane) => {
      const product = await call<{ id: string }>(cluster, merchant, 'POST', '/commerce/products', {
        shop_id: merchant.shop_id,
        name: 'Mango sticky rice',
        description: 'Two portions',
        category: 'food',
        sku: `mango-${lane}`,
        price: '10.00',
        currency: 'THB',
        stock_quantity: 1_000_000,
        images: ['https://images.example.com/mango.jpg'],
      });
      return { merchant, customer: customers[lane]!, productId: product.id };
    }),
  );
}

async function order(cluster: Cluster, { merchant, customer, productId }: Stall): Promise<void> {
  const placed = await call<{ id: string }>(
    cluster,
    customer,
    'POST',
    '/commerce/orders',
    {
      shop_id: merchant.shop_id,
      items: [{ product_id: productId, quantity: 1 }],
      currency: 'THB',
      wallet_id: customer.wallet_id,
      shipping_address: ADDRESS,
    },
    { 'idempotency-key': randomUUID() },
  );
  const step = (verb: string, body: object = {}) =>
    call(cluster, merchant, 'POST', `/commerce/orders/${placed.id}/${verb}`, body);
  await step('confirm');
  await step('ship', { tracking_number: 'TH123456789', carrier: 'Kerry' });
  await step('deliver');
  for (let polls = 0; polls < POLLS_MAX; polls++) {
    const timeline = await call<Timeline>(cluster, merchant, 'GET', `/commerce/orders/${placed.id}/timeline`);
    if (timeline.events.some((event) => event.step === 'settle' && event.status === 'completed')) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`order ${placed.id} was never settled`);
}

type Timeline = { readonly events: readonly { readonly step: string; readonly status: string }[] };

const ADDRESS = {
  name: 'Somchai',
  phone: '+66812345678',
  street: '99 Sukhumvit Road',
  city: 'Bangkok',
  state: 'Bangkok',
  postal_code: '10110',
  country: 'TH',
};

async function call<Answer>(
  { gatewayUrl }: Cluster,
  { access_token }: SeededUser,
  method: string,
  path: string,
  body?: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const response = await fetch(`${gatewayUrl}/api/v1${path}`, {
    method,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${access_token}`, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Answer;
}
