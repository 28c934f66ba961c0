import { randomUUID } from 'node:crypto';
import { Client as Temporal, Connection } from '@temporalio/client';
import { Client as Postgres } from 'pg';
import { type Cluster, startCluster } from '#tests/harness/cluster.ts';
import { environmentFor } from '#tests/harness/environment.ts';
import { seed, type SeededUser } from '#tests/harness/seed.ts';
import { type Bench, kept } from '../bench.ts';
import { startChild } from '../child.ts';
import { benchEngines } from '../engines.ts';
import { closedLoop, type Measured, Meter, pause } from '../measure.ts';
import { forEach } from '../sockets/connect.ts';
import { residentBytes } from '../sockets/process-use.ts';

const CASES = 10_000;
/** Submissions, and bare workflows, under way at a time: enough to keep two cores busy. */
const LANES = 24;
/** Points at which the worker is weighed. Its cache of workflows is full long before the half of 10,000 cases. */
const PORTIONS = 10;
/** For the worker to put away what the last cases took. */
const SETTLE_MS = 5_000;
const LOOK_EVERY_MS = 200;
const BARE_WORKER = new URL('../baselines/bare-workflow/worker.main.ts', import.meta.url);
const BARE_QUEUE = 'bare';
/** A case under review has asked two sources. */
const ACTIVITIES = 2;
const SLOPE_FIGURE = 'bytes of the worker a waiting case';
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
    const settings = { RATE_LIMITS: 'relaxed', LOG_LEVEL: 'error' };
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
        { name: 'cases to review', run: () => openCases(cluster, postgres, clients) },
      ],
      comparisons: [{ ours: 'cases to review', baseline: bare }],
      ...kept(resources),
    };
  },
};

/** Opens so many cases beside those that wait already, and weighs the worker after each portion. */
async function openCases(cluster: Cluster, postgres: Postgres, count: number): Promise<Measured> {
  const applicants = await seed(cluster.env, { users: count });
  const before = await waiting(postgres);
  const meter = new Meter();
  const weighed: Weighed[] = [];
  let spentMs = 0;
  for (let portion = 0; portion < PORTIONS; portion++) {
    const [from, to] = [portion, portion + 1].map((at) => Math.floor((count * at) / PORTIONS));
    const startedAt = performance.now();
    await forEach(applicants.slice(from, to), LANES, (applicant) => apply(cluster, applicant, meter));
    while ((await waiting(postgres)) < before + to!) await pause(LOOK_EVERY_MS);
    spentMs += performance.now() - startedAt;
    await pause(SETTLE_MS);
    weighed.push({ cases: before + to!, bytes: residentBytes(cluster.pid('worker')) });
  }
  const half = weighed.slice(PORTIONS / 2);
  return {
    ...meter.read(),
    perSecond: count / (spentMs / 1000),
    figures: {
      [SLOPE_FIGURE]: slopeOf(half),
      ...Object.fromEntries(
        weighed.map(({ cases, bytes }) => [`MB of the worker with ${cases} cases`, bytes / 1024 ** 2]),
      ),
    },
  };
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

type Weighed = { readonly cases: number; readonly bytes: number };

/** Bytes a case, by least squares. */
function slopeOf(weighed: readonly Weighed[]): number {
  const mean = (pick: (one: Weighed) => number) => weighed.reduce((sum, one) => sum + pick(one), 0) / weighed.length;
  const [cases, bytes] = [mean((one) => one.cases), mean((one) => one.bytes)];
  const over = weighed.reduce((sum, one) => sum + (one.cases - cases) * (one.bytes - bytes), 0);
  return over / weighed.reduce((sum, one) => sum + (one.cases - cases) ** 2, 0);
}
