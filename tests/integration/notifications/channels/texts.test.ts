import { expect, test } from 'vitest';
import { openChannels, parcelTo } from './open-channels.ts';

const ONLY_TWO = { SMS_PROVIDERS: 'twilio,vonage', SMS_PROVIDERS_BY_COUNTRY: '' };

test('someone without a number is not texted, and no text with a link goes where law forbids it', async () => {
  await using at = await openChannels();
  const [malee, siti] = [await at.person(), await at.person({ country: 'MY' })];
  const parcel = parcelTo(malee, { way: 'sms' });
  const gone = { ...parcel, recipient: { ...parcel.recipient, phone: undefined } };
  expect(await at.channels.deliver(gone)).toEqual({ kind: 'no_address' });
  const linked = { version: 1, locale: 'ms', subject: '', text: 'RM0 Tchat: https://tchat.example/o1' } as const;
  const forbidden = await at.channels.deliver(parcelTo(siti, { way: 'sms', written: linked }));
  expect(forbidden).toEqual({ kind: 'refused', reason: 'no link may be sent there' });
  expect(await at.inbox(siti.phone)).toEqual([]);
});

test('texts beyond what a country’s may cost in a day are not sent; another country’s are', async () => {
  const prices = 'TH=0.03,SG=0.05,ID=0.45,MY=0.08,PH=0.20,VN=0.12';
  await using at = await openChannels({ OTP_TEXT_PRICES: prices, NOTIFICATION_SMS_PER_DAY: '0.06' });
  const [malee, sam] = [await at.person(), await at.person({ country: 'SG' })];
  const send = (to: typeof malee) => at.channels.deliver(parcelTo(to, { way: 'sms' }));
  const outcomes = [await send(malee), await send(malee), await send(malee)];
  expect(outcomes.map(({ kind }) => kind)).toEqual(['sent', 'sent', 'refused']);
  expect(await send(sam)).toMatchObject({ kind: 'sent' });
  expect(await at.inbox(malee.phone)).toHaveLength(2);
});

test('a text that a provider refuses goes to the next; one that a provider may have is asked about, and not sent twice', async () => {
  await using at = await openChannels(ONLY_TWO);
  const malee = await at.person();
  await at.fault('twilio', 'error');
  const refused = parcelTo(malee, { way: 'sms' });
  // Twilio's 500 does not say how far it had got; asked, it says that it has no such text.
  expect(await at.channels.deliver(refused)).toMatchObject({ kind: 'sent' });
  await at.fault('twilio', 'reset_after_commit');
  const parcel = parcelTo(malee, { way: 'sms', written: { version: 1, locale: 'th', subject: '', text: 'Only once' } });
  await at.channels.deliver(parcel);
  expect(await at.channels.deliver(parcel)).toMatchObject({ kind: 'sent', provider: 'twilio' });
  expect((await at.inbox(malee.phone)).filter(({ text }) => text === 'Only once')).toHaveLength(1);
});

test('whoever has answered STOP is texted no more', async () => {
  await using at = await openChannels(ONLY_TWO);
  const malee = await at.person();
  await at.sandbox.call('/sandbox/opt-outs', { body: { to: malee.phone } });
  const first = await at.channels.deliver(parcelTo(malee, { way: 'sms' }));
  expect(first).toEqual({ kind: 'refused', reason: 'twilio answered 400' });
  expect(await at.channels.deliver(parcelTo(malee, { way: 'sms' }))).toEqual({ kind: 'suppressed' });
  expect(await at.rows('SELECT way, reason FROM notifications.suppressions')).toEqual([
    { way: 'sms', reason: 'opted_out' },
  ]);
});

test('a provider that codes have found to fail is asked after the others for texts as well', async () => {
  await using at = await openChannels(ONLY_TWO);
  const malee = await at.person();
  await at.rows(
    `INSERT INTO auth.provider_health (country_code, provider, bad, skipped_until, trips)
     VALUES ('TH', 'twilio', 9, now() + interval '5 minutes', 1)`,
  );
  expect(await at.channels.deliver(parcelTo(malee, { way: 'sms' }))).toMatchObject({ provider: 'vonage' });
});
