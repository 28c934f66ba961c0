import { randomUUID } from 'node:crypto';
import { Client as Temporal, Connection } from '@temporalio/client';
import { Client as Postgres } from 'pg';
import { readConfig } from '#infrastructure/config/read-config.ts';
import { chosenPort } from '#infrastructure/local/processes/free-port.ts';
import { openTemporal } from '#infrastructure/temporal/client.ts';
import { type Cluster, startCluster } from '#tests/harness/cluster.ts';
import { environmentFor } from '#tests/harness/environment.ts';
import { seed, type SeededUser } from '#tests/harness/seed.ts';
import { type Bench, kept } from '../bench.ts';
import { startChild } from '../child.ts';
import { benchEngines } from '../engines.ts';
import { closedLoop, type Measured, Meter, pause } from '../measure.ts';
import { forEach } from '../sockets/connect.ts';
import { weigh, type Weight } from '../weigh.ts';
import { openWaitingCases } from './waiting-cases.ts';

const CASES = 10_000;
/** Cases that are opened by their applicants, for the rate: each takes some sixty milliseconds of processor time. */
const APPLIED_MAX = 600;
/** Submissions, and bare workflows, under way at a time: enough to keep two cores busy. */
const LANES = 24;
/** Shares of the cases at which the worker is weighed: its cache of workflows is full long before the first. */
const WEIGHED_AT = [0.1, 0.4, 0.7, 1];
/** For the worker to put away what the last cases took. */
const SETTLE_MS = 3_000;
const LOOK_EVERY_MS = 200;
const BARE_WORKER = new URL('../baselines/bare-workflow/worker.main.ts', import.meta.url);
const BARE_QUEUE = 'bare';
/** A case under review has asked two sources. */
const ACTIVITIES = 2;
const TO_REVIEW = {
  tier: 1,
  full_name: 'Somchai Jaidee',
  date_of_birth: '1990-05-17',
  documents: [{ type: 'national_id', number: '1100400000013', country: 'TH' }],
};

/** What a case costs that waits for a reviewer: memory of the worker; and the rate at which cases come to wait. */
export const kycBench: Bench = {
  name: 'kyc',
  says: 'worker memory a waiting case, and cases/s to review, beside a bare workflow; --rounds 1 --clients 10000',
  prepare: async ({ warmUpMs, runMs, clients = CASES }) => {
    await using resources = new AsyncDisposableStack();
    const engines = resources.use(await benchEngines());
    const inspectPort = await chosenPort(0);
    const settings = {
      RATE_LIMITS: 'relaxed',
      LOG_LEVEL: 'error',
      // Where the worker's debugger opens when it is weighed; nobody else's is.
      NODE_OPTIONS: `--inspect-port=127.0.0.1:${inspectPort}`,
    };
    const environment = environmentFor(engines.urls, engines.databaseUrl, settings);
    const cluster = resources.use(await startCluster(environment, ['sandbox', 'gateway', 'worker']));
    const postgres = new Postgres({ connectionString: engines.databaseUrl });
    await postgres.connect();
    resources.defer(() => postgres.end());
    resources.use(await startChild(BARE_WORKER, [engines.urls.temporal, BARE_QUEUE]));
    const connection = resources.adopt(await Connection.connect({ address: engines.urls.temporal }), (open) =>
      open.close(),
    );
    const temporal = new Temporal({ connection });
    const config = readConfig(cluster.env);
    const coded = resources.adopt(openTemporal(config), (open) => open.close());
    const taskQueuePrefix = config.TASK_QUEUE_PREFIX;
    const bare = `bare workflow, ${ACTIVITIES} activities`;
    return {
      contenders: [
        {
          name: bare,
          run: () =>
            closedLoop({
              lanes: LANES,
              warmUpMs,
              runMs,
              call: () =>
                temporal.workflow.execute('bare', {
                  workflowId: randomUUID(),
                  taskQueue: BARE_QUEUE,
                  args: [ACTIVITIES],
                }),
            }),
        },
        { name: 'cases to review', run: () => applyForAll(cluster, postgres, Math.min(clients, APPLIED_MAX)) },
        {
          name: 'waiting cases',
          run: () =>
            weighWaiting(clients, {
              open: (count, meter) =>
                openWaitingCases({ postgres, temporal: coded.client, taskQueuePrefix, meter }, count),
              weigh: () => weigh(cluster.pid('worker'), inspectPort),
            }),
        },
      ],
      comparisons: [{ ours: 'cases to review', baseline: bare }],
      ...kept(resources),
    };
  },
};

/** Opens so many cases as their applicants do, beside those that wait already. */
async function applyForAll(cluster: Cluster, postgres: Postgres, count: number): Promise<Measured> {
  const applicants = await seed(cluster.env, { users: count });
  const before = await waiting(postgres);
  const meter = new Meter();
  const startedAt = performance.now();
  await forEach(applicants, LANES, (applicant) => apply(cluster, applicant, meter));
  while ((await waiting(postgres)) < before + count) await pause(LOOK_EVERY_MS);
  return { ...meter.read(), perSecond: count / ((performance.now() - startedAt) / 1000) };
}

async function apply({ gatewayUrl }: Cluster, { access_token: token }: SeededUser, meter: Meter): Promise<void> {
  const startedAt = performance.now();
  const response = await fetch(`${gatewayUrl}/api/v1/kyc/submissions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(TO_REVIEW),
  });
  // A case that is missing would be waited for in vain.
  if (response.status !== 202) throw new Error(`${response.status} ${await response.text()}`);
  await response.text();
  meter.done(startedAt);
}

async function waiting(postgres: Postgres): Promise<number> {
  const { rows } = await postgres.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM verification.cases WHERE state = 'review'`,
  );
  return rows[0]!.count;
}

type Scale = {
  readonly open: (count: number, meter: Meter) => Promise<void>;
  readonly weigh: () => Promise<Weight>;
};
type Weighed = Weight & { readonly cases: number };

/** Opens cases that wait, and weighs the worker with a tenth of them, with some more, and with all. */
async function weighWaiting(count: number, { open, weigh: weighNow }: Scale): Promise<Measured> {
  const meter = new Meter();
  const weighed: Weighed[] = [];
  let opened = 0;
  let spentMs = 0;
  for (const share of WEIGHED_AT) {
    const to = Math.round(count * share);
    const startedAt = performance.now();
    await open(to - opened, meter);
    spentMs += performance.now() - startedAt;
    opened = to;
    await pause(SETTLE_MS);
    weighed.push({ cases: to, ...(await weighNow()) });
  }
  const megabytes = weighed.flatMap(({ cases, heap, resident }) => [
    [`MB of live objects in the worker with ${cases} waiting cases`, heap / 1024 ** 2] as const,
    [`MB of the worker in RAM with ${cases} waiting cases`, resident / 1024 ** 2] as const,
  ]);
  return {
    ...meter.read(),
    perSecond: count / (spentMs / 1000),
    figures: {
      'bytes of live objects a waiting case': slopeOf(weighed, 'heap'),
      'bytes in RAM a waiting case': slopeOf(weighed, 'resident'),
      ...Object.fromEntries(megabytes),
    },
  };
}

/** Bytes a case, by least squares. */
function slopeOf(weighed: readonly Weighed[], what: keyof Weight): number {
  const mean = (pick: (one: Weighed) => number) => weighed.reduce((sum, one) => sum + pick(one), 0) / weighed.length;
  const [cases, bytes] = [mean((one) => one.cases), mean((one) => one[what])];
  const over = weighed.reduce((sum, one) => sum + (one.cases - cases) * (one[what] - bytes), 0);
  return over / weighed.reduce((sum, one) => sum + (one.cases - cases) ** 2, 0);
}
