import { createHash } from 'node:crypto';
import { SignJWT } from 'jose';
import { expect, test } from 'vitest';
import type { ChallengeId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { MINUTE } from '#shared/time.ts';
import { VONAGE } from '../sandbox/open-sandbox.ts';
import { attempt, flat, IP, openAuth, PHONE, type TestAuth } from './open-auth.ts';

async function requested(at: TestAuth, localeTag = 'en'): Promise<ChallengeId> {
  await at.auth.sendOtp({ phoneNumber: PHONE, country: 'TH', localeTag, ip: IP });
  return (await at.challengeOf(PHONE))!;
}

async function inbox(at: TestAuth) {
  const { body } = await at.sandbox.call(`/sandbox/inbox?to=${encodeURIComponent(PHONE)}`);
  return body as { provider: string; text: string; locale: string }[];
}

function fault(at: TestAuth, target: string, kind: string, count = 1) {
  return at.sandbox.call('/sandbox/faults', { body: { target, kind, count } });
}

async function statuses(at: TestAuth) {
  const text = 'SELECT provider, status FROM auth.otp_deliveries ORDER BY provider';
  return await at.db.database.rows<{ provider: string; status: string }>({ name: '', text });
}

test('a code that was replaced, verified or has expired is not sent any more, nor one that never was', async () => {
  await using at = await openAuth();
  const replaced = await requested(at);
  const verified = await requested(at);
  await at.auth.verifyOtp(attempt(await at.codeOf(PHONE)));
  const expired = await requested(at);
  await at.run('UPDATE auth.otp_challenges SET expires_at = now()');
  for (const id of [replaced, verified, expired, newId<ChallengeId>('SG'), newId<ChallengeId>('core')]) {
    expect(await at.delivery.send({ challengeId: id, attempt: 1 })).toEqual({ outcome: 'ended' });
  }
  expect(await inbox(at)).toHaveLength(1);
});

test('a repeated step does not give the text to the same provider again', async () => {
  await using at = await openAuth();
  const id = await requested(at);
  const sendings = await Promise.all(
    Array.from({ length: 5 }, () => at.delivery.send({ challengeId: id, attempt: 0 })),
  );
  expect(await at.delivery.send({ challengeId: id, attempt: 0 })).toEqual({ outcome: 'accepted', provider: 'twilio' });
  expect(sendings.filter(({ outcome }) => outcome === 'accepted').length).toBeGreaterThanOrEqual(1);
  expect(await inbox(at)).toHaveLength(1);
});

test('a try that was cut off is not repeated: nobody knows whether the provider has the text', async () => {
  await using at = await openAuth();
  const id = await requested(at);
  await at.run("INSERT INTO auth.otp_deliveries (challenge_id, provider) VALUES ($1, 'twilio')", [id]);
  expect(await at.delivery.send({ challengeId: id, attempt: 0 })).toEqual({ outcome: 'unknown', provider: 'twilio' });
  expect(await inbox(at)).toEqual([]);
});

test('a provider that is broken, or breaks the connection, has failed, and the next one sends', async () => {
  await using at = await openAuth();
  const broken = await requested(at);
  await fault(at, 'twilio', 'error');
  expect(await at.delivery.send({ challengeId: broken, attempt: 0 })).toEqual({
    outcome: 'failed',
    provider: 'twilio',
  });
  expect(await at.delivery.send({ challengeId: broken, attempt: 0 })).toEqual({
    outcome: 'failed',
    provider: 'twilio',
  });
  expect(await at.delivery.send({ challengeId: broken, attempt: 1 })).toEqual({
    outcome: 'accepted',
    provider: 'vonage',
  });
  expect(await at.delivery.send({ challengeId: broken, attempt: 2 })).toEqual({ outcome: 'no_provider' });
  expect((await inbox(at)).map(({ provider }) => provider)).toEqual(['vonage']);
  const reset = await requested(at);
  await fault(at, 'twilio', 'reset_after_commit');
  expect(await at.delivery.send({ challengeId: reset, attempt: 0 })).toEqual({ outcome: 'failed', provider: 'twilio' });
});

test('an unsigned, forged or altered report of Twilio is refused, and changes nothing', async () => {
  await using at = await openAuth();
  const id = await requested(at);
  await at.delivery.send({ challengeId: id, attempt: 0 });
  await expect.poll(() => at.sandbox.receiver.received.length).toBe(1);
  const [report] = at.sandbox.receiver.received;
  const { headers, body, path } = report!;
  const good = { headers: flat(headers), query: path.split('?')[1]!, body: Buffer.from(body) };
  const bad = [
    { ...good, headers: { ...good.headers, 'x-twilio-signature': undefined } },
    { ...good, headers: { ...good.headers, 'x-twilio-signature': 'AAAA' } },
    { ...good, query: `ref=${newId('TH')}` },
    { ...good, body: Buffer.from(body.replace('delivered', 'undelivered')) },
  ];
  for (const request of bad) {
    await expect(at.delivery.report('twilio', request)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  }
  expect(await statuses(at)).toEqual([{ provider: 'twilio', status: 'accepted' }]);
  expect(await at.written('auth.otp_delivery_reported')).toEqual([]);
  await at.delivery.report('twilio', good);
  expect(await statuses(at)).toEqual([{ provider: 'twilio', status: 'delivered' }]);
});

test('a report of Vonage that is unsigned, signed for another body, by another key or long ago is refused', async () => {
  await using at = await openAuth();
  const id = await requested(at);
  await at.delivery.send({ challengeId: id, attempt: 1 });
  const body = Buffer.from(JSON.stringify({ message_uuid: 'some', status: 'delivered', client_ref: id }));
  const payload_hash = createHash('sha256').update(body).digest('hex');
  const signed = async (claims: object, secret: string = VONAGE.apiSecret, ageMs = 0) => {
    const token = await new SignJWT({ api_key: VONAGE.apiKey, payload_hash, ...claims })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer('Vonage')
      .setJti('1')
      .setIssuedAt(new Date(Date.now() - ageMs))
      .sign(Buffer.from(secret));
    return { headers: { authorization: `Bearer ${token}` }, query: '', body };
  };
  const bad = [
    { headers: {}, query: '', body },
    await signed({ payload_hash: createHash('sha256').update('other').digest('hex') }),
    await signed({ payload_hash: undefined }),
    await signed({ api_key: 'other' }),
    await signed({}, 'another secret that is just as long'),
    await signed({}, VONAGE.apiSecret, 6 * MINUTE),
  ];
  for (const request of bad) {
    await expect(at.delivery.report('vonage', request)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  }
  expect(await at.written('auth.otp_delivery_reported')).toEqual([]);
  await at.delivery.report('vonage', await signed({}));
  expect(await at.written('auth.otp_delivery_reported')).toMatchObject([{ aggregate_id: id }]);
});

test('the same report ten times is one event', async () => {
  await using at = await openAuth();
  const id = await requested(at);
  await fault(at, 'twilio', 'duplicate_webhook', 10);
  await at.delivery.send({ challengeId: id, attempt: 0 });
  await at.deliverReports();
  await expect.poll(() => at.sandbox.receiver.received.length).toBeGreaterThan(1);
  const { received } = at.sandbox.receiver;
  const reports = Array.from({ length: 10 }, () => received.at(-1)!);
  await Promise.all(
    reports.map(({ headers, path, body }) =>
      at.delivery.report('twilio', { headers: flat(headers), query: path.split('?')[1]!, body: Buffer.from(body) }),
    ),
  );
  expect((await at.written('auth.otp_delivery_reported')).map(({ data }) => data)).toEqual([
    { challenge_id: id, country: 'TH', provider: 'twilio', status: 'delivered' },
  ]);
});

test('a report that overtakes the answer to sending keeps the last word', async () => {
  await using at = await openAuth();
  const id = await requested(at);
  await fault(at, 'twilio', 'slow');
  const sending = at.delivery.send({ challengeId: id, attempt: 0 });
  await at.deliverReports();
  expect(await statuses(at)).toEqual([{ provider: 'twilio', status: 'delivered' }]);
  expect(await sending).toEqual({ outcome: 'accepted', provider: 'twilio' });
  expect(await statuses(at)).toEqual([{ provider: 'twilio', status: 'delivered' }]);
});

test.each([
  ['th', 'th', /รหัส/],
  ['id', 'id', /kode masuk/],
  ['fr', 'th', /รหัส/],
])('the text for a phone in %s is in %s', async (tag, locale, words) => {
  await using at = await openAuth();
  await at.delivery.send({ challengeId: await requested(at, tag), attempt: 0 });
  const [sms] = await inbox(at);
  expect(sms).toMatchObject({ locale, text: expect.stringMatching(words) });
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
