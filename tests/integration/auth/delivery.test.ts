import { expect, test } from 'vitest';
import type { ChallengeId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { SECOND } from '#shared/time.ts';
import { fault, inbox, requested, statuses } from './delivery-at.ts';
import { attempt, openAuth, PHONE, type TestAuth } from './open-auth.ts';

/** A step that some process took and did not live to finish, this long ago. */
async function cutOff(at: TestAuth, id: ChallengeId, provider: string, agoMs: number): Promise<void> {
  await at.run(
    `INSERT INTO auth.otp_deliveries (challenge_id, provider, attempt, created_at, updated_at)
     VALUES ($1, $2, 0, now() - $3 * interval '1 ms', now() - $3 * interval '1 ms')`,
    [id, provider, agoMs],
  );
}

test('a code that was replaced, verified or has expired is not sent any more, nor one that never was', async () => {
  await using at = await openAuth();
  const replaced = await requested(at);
  const verified = await requested(at);
  await at.auth.verifyOtp(attempt(await at.codeOf(PHONE)));
  const expired = await requested(at);
  await at.run('UPDATE auth.otp_challenges SET expires_at = now()');
  for (const challengeId of [replaced, verified, expired, newId<ChallengeId>('SG'), newId<ChallengeId>('core')]) {
    expect(await at.delivery.send({ challengeId, attempt: 1 })).toEqual({ outcome: 'ended' });
  }
  await at.delivery.sendUnsent([{ challengeId: replaced }, { challengeId: verified }, { challengeId: expired }]);
  expect(await inbox(at)).toHaveLength(1);
});

test('a repeated step does not give the text to the same provider again, however many processes take it', async () => {
  await using at = await openAuth();
  const challengeId = await requested(at);
  const sendings = await Promise.all([
    ...Array.from({ length: 5 }, () => at.delivery.send({ challengeId, attempt: 0 })),
    at.delivery.sendUnsent([{ challengeId }]),
  ]);
  expect(await at.delivery.send({ challengeId, attempt: 0 })).toMatchObject({
    outcome: 'accepted',
    provider: 'twilio',
  });
  const outcomes = sendings.flatMap((sending) => (sending === undefined ? [] : [sending.outcome]));
  expect(outcomes.every((outcome) => outcome === 'accepted' || outcome === 'under_way')).toBe(true);
  expect(await inbox(at)).toHaveLength(1);
  expect(await statuses(at)).toEqual([{ provider: 'twilio', status: 'accepted' }]);
});

test('a step that somebody has just begun is theirs, and is asked for again later', async () => {
  await using at = await openAuth();
  const challengeId = await requested(at);
  await cutOff(at, challengeId, 'twilio', SECOND);
  const sending = await at.delivery.send({ challengeId, attempt: 0 });
  expect(sending).toEqual({ outcome: 'under_way', provider: 'twilio', againInMs: expect.any(Number) });
  expect(sending.outcome === 'under_way' && sending.againInMs).toBeLessThanOrEqual(7 * SECOND);
  expect(await inbox(at)).toEqual([]);
});

test('of a try that was cut off before its provider heard of it the provider says so, and the next one sends', async () => {
  await using at = await openAuth();
  const challengeId = await requested(at);
  await cutOff(at, challengeId, 'twilio', 20 * SECOND);
  expect(await at.delivery.send({ challengeId, attempt: 0 })).toEqual({ outcome: 'failed', provider: 'twilio' });
  expect(await at.delivery.send({ challengeId, attempt: 1 })).toMatchObject({
    outcome: 'accepted',
    provider: 'vonage',
  });
  expect((await inbox(at)).map(({ provider }) => provider)).toEqual(['vonage']);
});

test.each([
  ['Twilio', 'twilio', 'TH', PHONE],
  ['Infobip', 'infobip', 'ID', '+6281234567890'],
] as const)(
  'a try that was cut off after %s had the text is found there, and nothing is sent twice',
  async (_who, provider, country, phone) => {
    await using at = await openAuth();
    const challengeId = await requested(at, { country, phone });
    await at.delivery.send({ challengeId, attempt: 0 });
    await at.run("UPDATE auth.otp_deliveries SET status = 'sending', updated_at = now() - interval '20 s'");
    expect(await at.delivery.send({ challengeId, attempt: 0 })).toMatchObject({ outcome: 'accepted', provider });
    expect(await inbox(at, phone)).toHaveLength(1);
  },
);

test('a provider that cannot say whether it has the text is not given it again: the next one is', async () => {
  await using at = await openAuth();
  const challengeId = await requested(at);
  await cutOff(at, challengeId, 'vonage', 20 * SECOND);
  expect(await at.delivery.send({ challengeId, attempt: 0 })).toEqual({ outcome: 'unknown', provider: 'vonage' });
  expect(await at.delivery.send({ challengeId, attempt: 1 })).toMatchObject({
    outcome: 'accepted',
    provider: 'twilio',
  });
  expect((await inbox(at)).map(({ provider }) => provider)).toEqual(['twilio']);
});

test('a provider that breaks the connection after it took the text is asked, and has it', async () => {
  await using at = await openAuth();
  const challengeId = await requested(at);
  await fault(at, 'twilio', 'reset_after_commit');
  expect(await at.delivery.send({ challengeId, attempt: 0 })).toMatchObject({
    outcome: 'accepted',
    provider: 'twilio',
  });
  expect(await inbox(at)).toHaveLength(1);
});

test('a provider that is broken or silent has failed, the next one sends, and calls come last', async () => {
  await using at = await openAuth();
  const challengeId = await requested(at);
  await fault(at, 'twilio', 'error');
  await fault(at, 'vonage', 'timeout');
  expect(await at.delivery.send({ challengeId, attempt: 0 })).toEqual({ outcome: 'failed', provider: 'twilio' });
  expect(await at.delivery.send({ challengeId, attempt: 0 })).toEqual({ outcome: 'failed', provider: 'twilio' });
  expect(await at.delivery.send({ challengeId, attempt: 1 })).toEqual({ outcome: 'unknown', provider: 'vonage' });
  expect(await at.delivery.send({ challengeId, attempt: 2 })).toMatchObject({ provider: 'infobip' });
  expect(await at.delivery.send({ challengeId, attempt: 3 })).toMatchObject({ provider: 'twilio_voice' });
  expect(await at.delivery.send({ challengeId, attempt: 4 })).toEqual({ outcome: 'no_provider' });
  const received = await inbox(at);
  expect(received.map(({ channel, provider }) => [channel, provider])).toEqual([
    ['voice', 'twilio_voice'],
    ['sms', 'infobip'],
  ]);
  const [call, text] = received.map((message) => message.text.match(/\d{6}/g));
  expect(call).toEqual([...text!, ...text!]);
});

test('a country has an order of its own', async () => {
  await using at = await openAuth();
  const phone = '+6281234567890';
  const challengeId = await requested(at, { country: 'ID', phone });
  for (const step of [0, 1, 2, 3]) await at.delivery.send({ challengeId, attempt: step });
  expect((await inbox(at, phone)).map(({ provider }) => provider).toReversed()).toEqual([
    'infobip',
    'vonage',
    'twilio',
    'twilio_voice',
  ]);
});

test('codes that no workflow has begun to send are sent, each until a provider has taken it', async () => {
  await using at = await openAuth();
  const [one, two] = ['+66812345671', '+66812345672'];
  const first = await requested(at, { phone: one });
  await fault(at, 'twilio', 'error');
  await at.delivery.sendUnsent([{ challengeId: first }]);
  expect((await inbox(at, one)).map(({ provider }) => provider)).toEqual(['vonage']);
  const second = await requested(at, { phone: two });
  await at.delivery.sendUnsent([{ challengeId: first }, { challengeId: second }]);
  expect(await inbox(at, one)).toHaveLength(1);
  expect(await inbox(at, two)).toHaveLength(1);
  // The workflow that comes late finds the steps taken.
  expect(await at.delivery.send({ challengeId: first, attempt: 0 })).toEqual({ outcome: 'failed', provider: 'twilio' });
  expect(await at.delivery.send({ challengeId: first, attempt: 1 })).toMatchObject({
    outcome: 'accepted',
    provider: 'vonage',
    ageMs: expect.any(Number),
  });
});

test.each([
  ['th', 'th', /รหัส/],
  ['id', 'id', /kode masuk/],
  ['fr', 'th', /รหัส/],
])('the text for a phone in %s is in %s', async (localeTag, locale, words) => {
  await using at = await openAuth();
  await at.delivery.send({ challengeId: await requested(at, { localeTag }), attempt: 0 });
  const [sms] = await inbox(at);
  expect(sms).toMatchObject({ locale, text: expect.stringMatching(words) });
});

test('a code that was asked for on a page of ours is bound to its host, one from elsewhere is not', async () => {
  await using at = await openAuth();
  const hostsOf = async (origin: string | undefined, phone: string) => {
    await requested(at, { origin, phone });
    const events = await at.written('auth.otp_requested');
    return events.at(-1)?.data['web_host'];
  };
  expect(await hostsOf('https://app.tchat.example', '+66812345671')).toBe('app.tchat.example');
  expect(await hostsOf('https://evil.example', '+66812345672')).toBeUndefined();
  expect(await hostsOf(undefined, '+66812345673')).toBeUndefined();

  const challengeId = await requested(at);
  await at.delivery.send({ challengeId, attempt: 0, webHost: 'app.tchat.example' });
  const [sms] = await inbox(at);
  const [code] = /\d{6}/.exec(sms!.text)!;
  expect(sms!.text.endsWith(`\n@app.tchat.example #${code}`)).toBe(true);
  expect((await at.auth.verifyOtp(attempt(code))).user.status).toBe('active');
});

test('what has expired is swept away, and what is alive stays', async () => {
  await using at = await openAuth();
  const id = await requested(at);
  await at.delivery.sweep(id);
  expect(await at.challengeOf(PHONE)).toBe(id);
  await at.run('UPDATE auth.otp_challenges SET expires_at = now()');
  await at.delivery.sweep(id);
  expect(await at.challengeOf(PHONE)).toBeUndefined();
});
