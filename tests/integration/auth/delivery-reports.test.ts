import { createHash } from 'node:crypto';
import { SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { newId } from '#shared/new-id.ts';
import { MINUTE } from '#shared/time.ts';
import { VONAGE } from '../sandbox/open-sandbox.ts';
import { fault, inbox, requested, statuses } from './delivery-at.ts';
import { attempt, flat, openAuth, PHONE, type TestAuth } from './open-auth.ts';

/** The first report that came in, as the gateway hands it on. */
async function firstReport(at: TestAuth) {
  await expect.poll(() => at.sandbox.receiver.received.length).toBeGreaterThan(0);
  const { headers, body, path } = at.sandbox.receiver.received[0]!;
  return { headers: flat(headers), query: path.split('?')[1] ?? '', body: Buffer.from(body) };
}

async function statusOf(at: TestAuth, provider: string): Promise<string | undefined> {
  return (await statuses(at)).find((row) => row.provider === provider)?.status;
}

/** As if every provider of texts had been tried, by a process from before steps were counted. */
const ALL_OTHERS_USED = `INSERT INTO auth.otp_deliveries (challenge_id, provider, status)
  SELECT $1, used, 'failed' FROM unnest('{twilio,vonage,infobip}'::text[]) AS used`;

test.each([
  ['twilio', 'TH', PHONE, 'delivered', 'undelivered'],
  ['twilio_voice', 'TH', PHONE, 'completed', 'no-answer'],
] as const)(
  'an unsigned, forged or altered report of %s is refused, and changes nothing',
  async (name, country, phone, said, forged) => {
    await using at = await openAuth();
    const challengeId = await requested(at, { country, phone });
    if (name === 'twilio_voice') await at.run(ALL_OTHERS_USED, [challengeId]);
    await at.delivery.send({ challengeId, attempt: 0 });
    const good = await firstReport(at);
    const bad = [
      { ...good, headers: { ...good.headers, 'x-twilio-signature': undefined } },
      { ...good, headers: { ...good.headers, 'x-twilio-signature': 'AAAA' } },
      { ...good, query: `ref=${newId('TH')}` },
      { ...good, body: Buffer.from(good.body.toString().replace(said, forged)) },
    ];
    for (const request of bad) {
      await expect(at.delivery.report(name, request)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    }
    expect(await statusOf(at, name)).toBe('accepted');
    expect(await at.written('auth.otp_delivery_reported')).toEqual([]);
    await at.delivery.report(name, good);
    expect(await statusOf(at, name)).toBe('delivered');
  },
);

test('a report to an address of Infobip that we did not give away, or that is about another text, is refused', async () => {
  await using at = await openAuth();
  const phone = '+6281234567890';
  const challengeId = await requested(at, { country: 'ID', phone });
  await at.delivery.send({ challengeId, attempt: 0 });
  const good = await firstReport(at);
  const { ref, sig } = Object.fromEntries(new URLSearchParams(good.query));
  const unsigned = [
    { ...good, query: '' },
    { ...good, query: `ref=${ref}` },
    { ...good, query: `ref=${newId('ID')}&sig=${sig}` },
    { ...good, query: `ref=${ref}&sig=${'A'.repeat(43)}` },
  ];
  for (const request of unsigned) {
    await expect(at.delivery.report('infobip', request)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  }
  const unreadable = [
    { ...good, body: Buffer.from(good.body.toString().replaceAll(ref!, newId('ID'))) },
    { ...good, body: Buffer.from('nonsense') },
    { ...good, body: Buffer.from('{"results":[]}') },
  ];
  for (const request of unreadable) {
    await expect(at.delivery.report('infobip', request)).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  }
  expect(await at.written('auth.otp_delivery_reported')).toEqual([]);
  await at.delivery.report('infobip', good);
  expect(await statusOf(at, 'infobip')).toBe('delivered');
});

test('a report of Vonage that is unsigned, signed for another body, by another key or long ago is refused', async () => {
  await using at = await openAuth();
  const id = await requested(at);
  await fault(at, 'vonage', 'no_delivery_report');
  await fault(at, 'twilio', 'error');
  await at.delivery.send({ challengeId: id, attempt: 0 });
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
  expect(await sending).toMatchObject({ outcome: 'accepted', provider: 'twilio' });
  expect(await statuses(at)).toEqual([{ provider: 'twilio', status: 'delivered' }]);
});

test('a report that comes late, after the login or for a code that was replaced, signals nothing that is under way', async () => {
  await using at = await openAuth();
  const replaced = await requested(at);
  await at.delivery.send({ challengeId: replaced, attempt: 0 });
  const late = await firstReport(at);
  await requested(at);
  await at.auth.verifyOtp(attempt(await at.codeOf(PHONE)));
  const before = await inbox(at);
  await at.delivery.report('twilio', late);
  expect(await inbox(at)).toEqual(before);
  const reported = await at.written('auth.otp_delivery_reported');
  expect(reported.map(({ aggregate_id }) => aggregate_id)).toEqual([replaced]);
  expect(await at.challengeOf(PHONE)).toBeUndefined();
});

test('a report about nothing of ours changes nothing', async () => {
  await using at = await openAuth();
  const challengeId = await requested(at);
  await at.delivery.send({ challengeId, attempt: 0 });
  const report = await firstReport(at);
  await at.run('DELETE FROM auth.otp_deliveries');
  await at.delivery.report('twilio', report);
  expect(await at.written('auth.otp_delivery_reported')).toEqual([]);
});
