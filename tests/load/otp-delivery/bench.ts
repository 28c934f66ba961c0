import { randomUUID } from 'node:crypto';
import { Client, Connection, WorkflowNotFoundError } from '@temporalio/client';
import { makeOutbox } from '#infrastructure/events/outbox.ts';
import { openDatabase } from '#infrastructure/postgres/database.ts';
import { dataConverter } from '#infrastructure/temporal/client.ts';
import { codeDigest, codeHash, newCode, sealCode } from '#services/auth/otp-code.ts';
import { deriveSecrets, type Secrets } from '#services/auth/secrets.ts';
import { OtpRequested } from '#shared/events/auth.ts';
import { happened } from '#shared/events/event.ts';
import type { ChallengeId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { type Database, statement } from '#shared/sql.ts';
import { MINUTE } from '#shared/time.ts';
import { startCluster } from '#tests/harness/cluster.ts';
import { environmentFor } from '#tests/harness/environment.ts';
import { type Bench, kept } from '../bench.ts';
import { startChild } from '../child.ts';
import { benchEngines } from '../engines.ts';
import { closedLoop, pause } from '../measure.ts';

/** Deliveries, and bare workflows, under way at a time: enough to keep two cores busy while texts are on their way. */
const LANES = 48;
const BARE_WORKER = new URL('../baselines/bare-workflow/worker.main.ts', import.meta.url);
const BARE_QUEUE = 'bare';
/** How soon a delivery is looked for that has not begun. */
const LOOK_AGAIN_MS = 20;
const LIFE_MS = 5 * MINUTE;

const CHALLENGE = statement(
  'bench.challenge',
  `INSERT INTO auth.otp_challenges (phone_number, id, country_code, locale, code_hash, sealed_code, expires_at)
   VALUES ($1, $2, 'TH', 'th', $3, $4, $5)`,
);

/**
 * Codes delivered a second, next to a bare one-activity workflow on the same server. A delivery begins with the event of
 * a code that is asked for and ends with its workflow: the relay and the workflow driver, the text that a provider takes,
 * and the report that ends it by a signal are all part of it. How fast the API takes requests is measured by `logins`.
 */
export const otpDeliveryBench: Bench = {
  name: 'otp-delivery',
  says: 'codes/s delivered by workflows, beside a bare one-activity workflow',
  prepare: async ({ warmUpMs, runMs }) => {
    await using resources = new AsyncDisposableStack();
    const engines = resources.use(await benchEngines());
    const environment = environmentFor(engines.urls, engines.databaseUrl, {
      LOG_LEVEL: 'error',
      // However far behind they are, it is workflows that are measured.
      OTP_SENT_WITHOUT_WORKFLOW_AFTER: 'PT10S',
    });
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
    const env = cluster.env;
    const secrets = deriveSecrets({
      otpKey: env['OTP_KEY']!,
      refreshKey: env['REFRESH_KEY']!,
      pinKey: env['PIN_KEY']!,
    });
    let number = 0;
    const deliver = async () => {
      const id = await request(database, secrets, `+6681${String(number++).padStart(7, '0')}`);
      await ended(client, id);
    };
    const load = { lanes: LANES, warmUpMs, runMs };
    return {
      contenders: [
        {
          name: 'bare workflow, 1 activity',
          run: () => closedLoop({ ...load, call: () => executeBare(bareClient) }),
        },
        { name: 'deliveries', run: () => closedLoop({ ...load, call: deliver }) },
      ],
      comparisons: [{ ours: 'deliveries', baseline: 'bare workflow, 1 activity', aim: 'at least 0.8' }],
      ...kept(resources),
    };
  },
};

async function executeBare(client: Client): Promise<void> {
  await client.workflow.execute('bare', { workflowId: randomUUID(), taskQueue: BARE_QUEUE, args: [1] });
}

/** Asks for a code as the service does, without its budgets. */
async function request(database: Database, secrets: Secrets, phone: string): Promise<ChallengeId> {
  const id = newId<ChallengeId>('TH');
  const code = newCode();
  const expiresAt = new Date(Date.now() + LIFE_MS);
  const hash = codeHash(codeDigest(secrets, phone, code), id);
  const requested = { challenge_id: id, country: 'TH', expires_at: expiresAt.toISOString() } as const;
  await database.transaction(async (tx) => {
    await tx.rows(CHALLENGE, [phone, id, hash, sealCode(secrets, id, code), expiresAt]);
    await makeOutbox().append(tx, { events: [happened(OtpRequested, id, requested)] });
  });
  return id;
}

/** @throws when the delivery ended in another way than with the report of its text */
async function ended(client: Client, id: ChallengeId): Promise<void> {
  for (;;) {
    try {
      const result: unknown = await client.workflow.getHandle(`otp-${id}`).result();
      const { outcome } = result as { outcome: string };
      // A report may overtake the driver's next turn; then the first step finds nothing left to send.
      if (outcome !== 'delivered' && outcome !== 'ended') throw new Error(`a delivery ended as ${outcome}`);
      return;
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
      await pause(LOOK_AGAIN_MS);
    }
  }
}
