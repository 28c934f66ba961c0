import { expect, test } from 'vitest';
import { SECOND } from '#shared/time.ts';
import { fault, inbox, requested } from './delivery-at.ts';
import { attempt, openAuth, PHONE, type TestAuth } from './open-auth.ts';

/** Longer than a busy machine takes for anything. */
const PATIENT_MS = 20 * SECOND;

/** Whether each report so far was left to whoever leads the delivery. */
async function heard(at: TestAuth): Promise<unknown[]> {
  return (await at.written('auth.otp_delivery_reported')).map(({ data }) => data['is_heard']);
}

async function textOf(at: TestAuth): Promise<string> {
  const [sms] = await expect
    .poll(() => inbox(at))
    .toHaveLength(1)
    .then(() => inbox(at));
  return /\d{6}/.exec(sms!.text)![0];
}

test('a report that comes at once is part of the step, and nobody else is told of it', async () => {
  await using at = await openAuth({ watchedMs: PATIENT_MS });
  const leading = at.delivery.lead({ challengeId: await requested(at), attempt: 0 });
  await at.deliverReports();
  expect(await leading).toEqual({ outcome: 'delivered', provider: 'twilio' });
  expect(await heard(at)).toEqual([true]);
});

test('a report that does not come in two seconds is told of when it comes', async () => {
  await using at = await openAuth();
  const startedAt = performance.now();
  const leading = await at.delivery.lead({ challengeId: await requested(at), attempt: 0 });
  expect(leading).toEqual({ outcome: 'accepted', provider: 'twilio', ageMs: expect.any(Number) });
  expect(leading.outcome === 'accepted' && leading.ageMs).toBeGreaterThanOrEqual(2 * SECOND - 50);
  expect(leading.outcome === 'accepted' && leading.ageMs).toBeLessThanOrEqual(performance.now() - startedAt + 1);
  await at.deliverReports();
  expect(await heard(at)).toEqual([undefined]);
});

test('of a text that nobody leads everybody is told', async () => {
  await using at = await openAuth();
  await at.delivery.sendUnsent([{ challengeId: await requested(at) }]);
  await at.deliverReports();
  expect(await heard(at)).toEqual([undefined]);
});

test('a step ends when its code comes back meanwhile, or is replaced', async () => {
  await using at = await openAuth({ watchedMs: PATIENT_MS });
  await fault(at, 'twilio', 'no_delivery_report', 2);
  const verified = at.delivery.lead({ challengeId: await requested(at), attempt: 0 });
  await at.auth.verifyOtp(attempt(await textOf(at)));
  expect(await verified).toEqual({ outcome: 'ended' });
  const replaced = at.delivery.lead({ challengeId: await requested(at), attempt: 0 });
  await expect.poll(() => inbox(at, PHONE)).toHaveLength(2);
  await requested(at);
  expect(await replaced).toEqual({ outcome: 'ended' });
});

test('many steps wait side by side, each for its own report', async () => {
  await using at = await openAuth({ watchedMs: PATIENT_MS });
  const phones = Array.from({ length: 8 }, (_, index) => `+6681234560${index}`);
  const ids = [];
  for (const phone of phones) ids.push(await requested(at, { phone }));
  const leading = Promise.all(ids.map((challengeId) => at.delivery.lead({ challengeId, attempt: 0 })));
  await expect.poll(() => at.sandbox.receiver.received.length, { timeout: 10_000 }).toBe(8);
  await at.deliverReports();
  expect((await leading).map(({ outcome }) => outcome)).toEqual(phones.map(() => 'delivered'));
});
