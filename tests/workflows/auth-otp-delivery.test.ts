import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AuthActivities } from '#activities/auth/activities.ts';
import type { SmsProviderName } from '#shared/contracts/auth/webhooks.ts';
import type { ChallengeId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { MINUTE, SECOND } from '#shared/time.ts';
import {
  OTP_REPORTED_SIGNAL,
  OTP_VERIFIED_SIGNAL,
  type OtpDeliveryInput,
  type OtpSending,
} from '#shared/workflows/otp-delivery.ts';
import type { otpDelivery } from '#workflows/auth/index.ts';
import { keepHistory } from '#tests/histories/keep-history.ts';
import { timeSkippingEnv, withWorkers } from '#tests/harness/temporal.ts';

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  env = await timeSkippingEnv();
});
afterAll(async () => {
  await env.teardown();
});

type Sent = { readonly rank: number; readonly atMs: number };

/** Activities that answer by rank, and a record of what was asked of them and when, from the start of the workflow. */
function providers(answer: (rank: number) => OtpSending | Error | Promise<OtpSending>) {
  const sent: Sent[] = [];
  const swept: number[] = [];
  let startedAt = 0;
  const sinceStart = async () => (await env.currentTimeMs()) - startedAt;
  const activities: AuthActivities = {
    sendOtp: async (_id, rank) => {
      sent.push({ rank, atMs: await sinceStart() });
      const sending = await answer(rank);
      if (sending instanceof Error) throw sending;
      return sending;
    },
    sweepOtps: async () => void swept.push(await sinceStart()),
  };
  return {
    sent,
    swept,
    activities,
    begin: async () => {
      startedAt = await env.currentTimeMs();
      return startedAt;
    },
  };
}

const FALLBACK_AFTER_MS = 20 * SECOND;
const LIFE_MS = 5 * MINUTE;

const accepted = (provider: SmsProviderName, ageMs = 0): OtpSending => ({ outcome: 'accepted', provider, ageMs });
const failed = (provider: SmsProviderName): OtpSending => ({ outcome: 'failed', provider });
const NAMES: readonly SmsProviderName[] = ['twilio', 'vonage'];
/** Every provider takes the text. */
const allAccept = (rank: number): OtpSending => {
  const name = NAMES[rank];
  return name === undefined ? { outcome: 'no_provider' } : accepted(name);
};

/** Runs a delivery and, while it waits, what `meanwhile` does to it. */
async function deliver(
  stand: ReturnType<typeof providers>,
  meanwhile: (delivery: Awaited<ReturnType<typeof start>>) => Promise<void> = () => Promise.resolve(),
  keptAs?: string,
) {
  return await withWorkers(env, { domain: 'auth', activities: { auth: stand.activities } }, async () => {
    // Once workers are there: making them takes real time.
    const delivery = await start(await stand.begin());
    await meanwhile(delivery);
    const result = await delivery.result();
    if (keptAs !== undefined) {
      await keepHistory(env.client, { domain: 'auth', name: keptAs, workflowId: delivery.workflowId });
    }
    return result;
  });
}

async function start(startedAt: number) {
  return await env.client.workflow.start<typeof otpDelivery>('otpDelivery', startOptions(startedAt));
}

function startOptions(startedAt: number) {
  const challengeId = newId<ChallengeId>('TH');
  const expiresAt = new Date(startedAt + LIFE_MS).toISOString();
  const input: OtpDeliveryInput = { challengeId, fallbackAfterMs: FALLBACK_AFTER_MS, expiresAt };
  return { workflowId: `otp-${challengeId}`, taskQueue: 'auth', args: [input] as [OtpDeliveryInput] };
}

/** At this moment or a little later: what really passes between skips is well under a second. */
function expectAt(ms: number | undefined, expectedMs: number): void {
  expect(ms).toBeGreaterThanOrEqual(expectedMs);
  expect(ms).toBeLessThan(expectedMs + 5 * SECOND);
}

test('a code that nobody reports on or brings back goes through each provider once and ends when it expires', async () => {
  const stand = providers(allAccept);
  expect(await deliver(stand, undefined, 'steps-expired')).toEqual({ outcome: 'expired' });
  expect(stand.sent.map(({ rank }) => rank)).toEqual([0, 1, 2]);
  expectAt(stand.sent[1]?.atMs, FALLBACK_AFTER_MS);
  expectAt(stand.sent[2]?.atMs, 2 * FALLBACK_AFTER_MS);
  expect(stand.swept).toHaveLength(1);
  expectAt(stand.swept[0], LIFE_MS);
});

test('the next provider is asked at once when one fails', async () => {
  const stand = providers((rank) => (rank === 0 ? failed('twilio') : allAccept(rank)));
  await deliver(
    stand,
    async (delivery) => {
      await expect.poll(() => stand.sent.length).toBe(2);
      await delivery.signal(OTP_VERIFIED_SIGNAL);
    },
    'steps-second-provider-then-verified',
  );
  expect(stand.sent.map(({ rank }) => rank)).toEqual([0, 1]);
  expectAt(stand.sent[1]?.atMs, 0);
});

test('the next provider is asked at once when one reports that it could not deliver', async () => {
  const stand = providers(allAccept);
  const outcome = await deliver(
    stand,
    async (delivery) => {
      await expect.poll(() => stand.sent.length).toBe(1);
      await delivery.signal(OTP_REPORTED_SIGNAL, { provider: 'twilio', status: 'failed' });
      await expect.poll(() => stand.sent.length).toBe(2);
      await delivery.signal(OTP_REPORTED_SIGNAL, { provider: 'vonage', status: 'delivered' });
    },
    'steps-reported',
  );
  expect(outcome).toEqual({ outcome: 'delivered' });
});

test('a report that comes before the answer to sending is not missed', async () => {
  const answer = Promise.withResolvers<OtpSending>();
  const stand = providers(() => answer.promise);
  const outcome = await deliver(stand, async (delivery) => {
    await expect.poll(() => stand.sent.length).toBe(1);
    await delivery.signal(OTP_REPORTED_SIGNAL, { provider: 'twilio', status: 'delivered' });
    answer.resolve(accepted('twilio'));
  });
  expect(outcome).toEqual({ outcome: 'delivered' });
  expect(stand.sent).toHaveLength(1);
});

test('a report that came at once ends the delivery in its first task', async () => {
  const stand = providers((attempt) =>
    attempt === 0 ? failed('twilio') : { outcome: 'delivered', provider: 'vonage' },
  );
  expect(await deliver(stand, undefined, 'steps-delivered-at-once')).toEqual({ outcome: 'delivered' });
  expect(stand.sent.map(({ rank }) => rank)).toEqual([0, 1]);
});

test('nothing more is sent once the code came back or was delivered', async () => {
  for (const [signal, report, outcome] of [
    [OTP_VERIFIED_SIGNAL, undefined, 'verified'],
    [OTP_REPORTED_SIGNAL, { provider: 'twilio', status: 'delivered' }, 'delivered'],
  ] as const) {
    const stand = providers(allAccept);
    const ended = await deliver(stand, async (delivery) => {
      await expect.poll(() => stand.sent.length).toBe(1);
      await delivery.signal(signal, report);
    });
    expect(ended).toEqual({ outcome });
    expect(stand.sent).toHaveLength(1);
    expect(stand.swept).toEqual([]);
  }
});

test('nothing is sent when the code came back before the delivery began', async () => {
  const stand = providers(allAccept);
  const options = startOptions(await stand.begin());
  const ended = await withWorkers(env, { domain: 'auth', activities: { auth: stand.activities } }, async () => {
    const delivery = await env.client.workflow.signalWithStart<typeof otpDelivery>('otpDelivery', {
      ...options,
      signal: OTP_VERIFIED_SIGNAL,
    });
    return await delivery.result();
  });
  expect(ended).toEqual({ outcome: 'verified' });
  expect(stand.sent).toEqual([]);
});

test('a code that was replaced by a newer one ends its delivery', async () => {
  const stand = providers((rank) => (rank === 0 ? accepted('twilio') : { outcome: 'ended' }));
  expect(await deliver(stand)).toEqual({ outcome: 'ended' });
  expect(stand.sent.map(({ rank }) => rank)).toEqual([0, 1]);
});

test('when every provider fails, a code that may still have arrived can come back until it expires', async () => {
  const stand = providers((rank) => (rank < NAMES.length ? failed(NAMES[rank]!) : { outcome: 'no_provider' }));
  const outcome = await deliver(stand, async (delivery) => {
    await expect.poll(() => stand.sent.length).toBe(3);
    await delivery.signal(OTP_VERIFIED_SIGNAL);
  });
  expect(outcome).toEqual({ outcome: 'verified' });
});

test('steps that were taken while workflows were away are taken over, and their waiting counts', async () => {
  const taken: readonly OtpSending[] = [failed('twilio'), accepted('vonage', 15 * SECOND)];
  const stand = providers((attempt) => taken[attempt] ?? { outcome: 'ended' });
  expect(await deliver(stand, undefined, 'steps-taken-over')).toEqual({ outcome: 'ended' });
  expect(stand.sent.map(({ rank }) => rank)).toEqual([0, 1, 2]);
  expectAt(stand.sent[1]?.atMs, 0);
  expectAt(stand.sent[2]?.atMs, 5 * SECOND);
});

test('a step that somebody else is taking is asked for again, and not the next one', async () => {
  const answers: readonly OtpSending[] = [
    { outcome: 'under_way', provider: 'twilio', againInMs: 7 * SECOND },
    failed('twilio'),
    { outcome: 'ended' },
  ];
  let asked = 0;
  const stand = providers(() => answers[asked++]!);
  expect(await deliver(stand, undefined, 'steps-under-way')).toEqual({ outcome: 'ended' });
  expect(stand.sent.map(({ rank }) => rank)).toEqual([0, 0, 1]);
  expectAt(stand.sent[1]?.atMs, 7 * SECOND);
});

test('nobody waits for a provider that may or may not have the text: the next one is asked at once', async () => {
  const stand = providers((attempt) =>
    attempt === 0 ? { outcome: 'unknown', provider: 'twilio' } : { outcome: 'ended' },
  );
  expect(await deliver(stand)).toEqual({ outcome: 'ended' });
  expectAt(stand.sent[1]?.atMs, 0);
});

test('a failed report about another text than the one that is waited for changes nothing', async () => {
  const stand = providers(allAccept);
  const outcome = await deliver(stand, async (delivery) => {
    await expect.poll(() => stand.sent.length).toBe(1);
    await delivery.signal(OTP_REPORTED_SIGNAL, { provider: 'vonage', status: 'failed' });
    await delivery.signal(OTP_VERIFIED_SIGNAL);
  });
  expect(outcome).toEqual({ outcome: 'verified' });
  expect(stand.sent).toHaveLength(1);
});

test('a delivery that begins when its code has expired sends nothing', async () => {
  const stand = providers(allAccept);
  const options = startOptions((await stand.begin()) - LIFE_MS);
  const ended = await withWorkers(env, { domain: 'auth', activities: { auth: stand.activities } }, async () => {
    const delivery = await env.client.workflow.start<typeof otpDelivery>('otpDelivery', options);
    return await delivery.result();
  });
  expect(ended).toEqual({ outcome: 'expired' });
  expect(stand.sent).toEqual([]);
});

test('the host that a code is bound to reaches every step', async () => {
  const hosts: (string | undefined)[] = [];
  const stand = providers((attempt) => (attempt === 0 ? failed('twilio') : { outcome: 'ended' }));
  const activities: AuthActivities = {
    ...stand.activities,
    sendOtp: (id, attempt, webHost) => {
      hosts.push(webHost);
      return stand.activities.sendOtp(id, attempt, webHost);
    },
  };
  const options = startOptions(await stand.begin());
  const args: [OtpDeliveryInput] = [{ ...options.args[0], webHost: 'app.tchat.example' }];
  await withWorkers(env, { domain: 'auth', activities: { auth: activities } }, async () => {
    await (await env.client.workflow.start<typeof otpDelivery>('otpDelivery', { ...options, args })).result();
  });
  expect(hosts).toEqual(['app.tchat.example', 'app.tchat.example']);
});

test('while the database is away sending is tried again, until the code expires', async () => {
  const away = ApplicationFailure.create({ type: 'UPSTREAM_UNAVAILABLE', message: 'away' });
  const stand = providers(() => away);
  expect(await deliver(stand)).toEqual({ outcome: 'expired' });
  expect(stand.sent.length).toBeGreaterThan(10);
  expect(stand.sent.every(({ rank }) => rank === 0)).toBe(true);
  expect(stand.sent.at(-1)?.atMs).toBeLessThan(LIFE_MS);
});
