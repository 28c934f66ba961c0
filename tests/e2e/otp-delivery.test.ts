import { WorkflowNotFoundError } from '@temporalio/client';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { TchatClient } from '#client/tchat-client.ts';
import { type OpenTemporal, openTemporal } from '#infrastructure/temporal/client.ts';
import { sendOtp } from '#shared/contracts/auth/otp.ts';
import type { ChallengeId } from '#shared/ids.ts';
import { statement } from '#shared/sql.ts';
import { SECOND } from '#shared/time.ts';
import { openOwnTemporal, type OwnEngine } from '#tests/chaos/own-engine.ts';
import { until } from '#tests/chaos/patience.ts';
import { openStage, type Stage } from './stage.ts';

const FALLBACK_AFTER_S = 2;
const CHALLENGE_OF = statement('tests.challenge-of', 'SELECT id FROM auth.otp_challenges WHERE phone_number = $1');
const STEPS_OF = statement(
  'tests.steps-of',
  'SELECT provider, status FROM auth.otp_deliveries WHERE challenge_id = $1 ORDER BY attempt',
);

type Received = { readonly provider: string; readonly text: string; readonly received_at: string };

let temporal: OwnEngine;
let stage: Stage;
let workflows: OpenTemporal;
beforeAll(async () => {
  temporal = await openOwnTemporal();
  stage = await openStage({
    settings: { TEMPORAL_ADDRESS: temporal.url, OTP_FALLBACK_AFTER: `PT${FALLBACK_AFTER_S}S` },
    roles: ['sandbox', 'gateway', 'worker'],
  });
  workflows = openTemporal({
    TEMPORAL_ADDRESS: temporal.url,
    TEMPORAL_NAMESPACE: 'default',
    TEMPORAL_CODEC_KEY: [stage.cluster.env['TEMPORAL_CODEC_KEY']!],
  });
});
afterAll(async () => {
  await workflows.close();
  await stage[Symbol.asyncDispose]();
  await temporal[Symbol.asyncDispose]();
});

/** A worker that is killed before it asked its provider leaves the fault that was meant for it to the next test. */
afterEach(async () => void (await fetch(`${stage.cluster.sandboxUrl}/sandbox/faults`, { method: 'DELETE' })));

/** A telephone that has asked for a code. */
async function phoneAsks(number: string) {
  const phone = { phone_number: `0${number}`, country_code: 'TH' } as const;
  const e164 = `+66${number}`;
  const client = new TchatClient({ baseUrls: [stage.cluster.gatewayUrl] });
  await client.call(sendOtp, { body: phone });
  const [challenge] = await stage.db.database.rows<{ id: ChallengeId }>(CHALLENGE_OF, [e164]);
  const id = challenge!.id;
  /** Oldest first. */
  const received = async (): Promise<Received[]> => {
    const response = await fetch(`${stage.cluster.sandboxUrl}/sandbox/inbox?to=${encodeURIComponent(e164)}`);
    return ((await response.json()) as Received[]).toReversed();
  };
  return {
    id,
    received,
    providers: async () => (await received()).map(({ provider }) => provider),
    steps: async () =>
      (await stage.db.database.rows<{ provider: string; status: string }>(STEPS_OF, [id])).map(
        ({ provider, status }) => `${provider} ${status}`,
      ),
    logIn: async () => {
      const texts = await until('a text has arrived', async () => (await received()).length > 0 && received());
      const otp_code = /\d{6}/.exec(texts[0]!.text)![0];
      return await client.logIn({ ...phone, otp_code });
    },
    outcome: () =>
      until('the delivery has ended', async () => {
        const result: Promise<unknown> = workflows.client.workflow.getHandle(`otp-${id}`).result();
        return await result.catch((error: unknown) => {
          if (error instanceof WorkflowNotFoundError) return undefined;
          throw error;
        });
      }),
  };
}

async function fault(target: string, kind: string): Promise<void> {
  const response = await fetch(`${stage.cluster.sandboxUrl}/sandbox/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ target, kind, count: 1 }),
  });
  expect(response.status).toBe(201);
}

test('a code is brought by one text, and its workflow ends with the report of it', async () => {
  const phone = await phoneAsks('811110001');
  expect(await phone.outcome()).toEqual({ outcome: 'delivered' });
  expect(await phone.providers()).toEqual(['twilio']);
  expect((await phone.logIn()).user.status).toBe('active');
});

test('a provider that takes texts and never delivers is followed by the next one', async () => {
  await fault('twilio', 'no_delivery_report');
  const phone = await phoneAsks('811110002');
  expect(await phone.outcome()).toEqual({ outcome: 'delivered' });
  const [first, second] = await phone.received();
  expect([first?.provider, second?.provider]).toEqual(['twilio', 'vonage']);
  const apartMs = Date.parse(second!.received_at) - Date.parse(first!.received_at);
  expect(apartMs).toBeGreaterThanOrEqual(FALLBACK_AFTER_S * SECOND - 50);
  expect(new Set([first!.text, second!.text]).size).toBe(1);
});

test('a login ends the delivery of its code, though no report of it ever came', async () => {
  await fault('twilio', 'no_delivery_report');
  const phone = await phoneAsks('811110003');
  await phone.logIn();
  expect(await phone.outcome()).toEqual({ outcome: expect.stringMatching(/^(verified|ended)$/) });
  expect(await phone.providers()).toEqual(['twilio']);
});

test('a worker that is killed before its provider heard of the text leaves it to the next provider', async () => {
  await fault('twilio', 'timeout');
  const phone = await phoneAsks('811110004');
  await until('the step is taken', async () => (await phone.steps()).includes('twilio sending'));
  await stage.cluster.kill('worker');
  await stage.cluster.start('worker');
  expect(await phone.outcome()).toEqual({ outcome: 'delivered' });
  expect(await phone.steps()).toEqual(['twilio failed', 'vonage delivered']);
  expect(await phone.providers()).toEqual(['vonage']);
});

test('a worker that is killed while its provider answers asks what became of the text, and sends it once', async () => {
  await fault('twilio', 'no_delivery_report');
  await fault('twilio', 'slow');
  const phone = await phoneAsks('811110005');
  await until('the provider has the text', async () => (await phone.providers()).length > 0);
  await stage.cluster.kill('worker');
  expect(await phone.steps()).toEqual(['twilio sending']);
  await stage.cluster.start('worker');
  await until('the provider was asked', async () => (await phone.steps()).includes('twilio accepted'));
  await phone.logIn();
  expect(await phone.outcome()).toEqual({ outcome: expect.stringMatching(/^(verified|ended|delivered)$/) });
  const providers = await phone.providers();
  expect(providers.filter((provider) => provider === 'twilio')).toHaveLength(1);
});

test('while Temporal is away people log in by texts that are sent without it', async () => {
  await temporal.stop();
  const [one, two] = [await phoneAsks('811110006'), await phoneAsks('811110007')];
  expect((await one.logIn()).user.status).toBe('active');
  expect((await two.logIn()).user.status).toBe('active');
  // The first provider fails, and the text still comes.
  await fault('twilio', 'error');
  const three = await phoneAsks('811110008');
  expect((await three.logIn()).user.status).toBe('active');
  expect(await three.providers()).toEqual(['vonage']);
  const metrics = await (await fetch(`${stage.cluster.workerUrl}/metrics`)).text();
  expect(metrics).toMatch(/tchat_otp_sent_without_workflow_total\{country="TH"\} [3-9]/);
});

test('the workflows that begin when Temporal is back take over, and nobody gets the same text twice', async () => {
  await fault('twilio', 'no_delivery_report');
  const waiting = await phoneAsks('811110009');
  await until('the first text has come', async () => (await waiting.providers()).includes('twilio'));
  await temporal.start();
  expect(await waiting.outcome()).toEqual({ outcome: 'delivered' });
  expect(await waiting.providers()).toEqual(['twilio', 'vonage']);
  await stage.bookFaults();
});
