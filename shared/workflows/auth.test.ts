import { expect, test } from 'vitest';
import { OtpDeliveryReported, OtpRequested, OtpVerified } from '../events/auth.ts';
import type { EventKind, StoredEvent } from '../events/event.ts';
import type { ChallengeId } from '../ids.ts';
import { newId } from '../new-id.ts';
import { MINUTE } from '../time.ts';
import { makeAuthTrigger } from './auth.ts';

const NOW = new Date('2026-01-01T12:00:00.000Z');
const { command } = makeAuthTrigger({ fallbackAfterMs: 20_000, clock: () => NOW });
const id = newId<ChallengeId>('TH');

function stored({ type, version }: EventKind, data: Readonly<Record<string, unknown>>): StoredEvent {
  const common = { challenge_id: id, country: 'TH' };
  return { id: newId('TH'), type, version, aggregateId: id, occurredAt: NOW, data: { ...common, ...data } };
}

const inMs = (ms: number) => new Date(NOW.getTime() + ms).toISOString();

test('a code that has expired, as while Temporal was away, begins no workflow', () => {
  expect(command(stored(OtpRequested, { expires_at: inMs(-5 * MINUTE) }))).toBeUndefined();
  expect(command(stored(OtpRequested, { expires_at: inMs(-6 * MINUTE) }))).toBeUndefined();
});

test('a code that has expired by a clock which may be minutes ahead begins its delivery', () => {
  expect(command(stored(OtpRequested, { expires_at: inMs(-4 * MINUTE) }))).toMatchObject({ do: 'start' });
});

test('a code that is asked for begins its delivery, with the host that it is bound to', () => {
  const input = { challengeId: id, fallbackAfterMs: 20_000, expiresAt: inMs(MINUTE) };
  expect(command(stored(OtpRequested, { expires_at: inMs(MINUTE) }))).toMatchObject({ do: 'start', input });
  const bound = command(stored(OtpRequested, { expires_at: inMs(MINUTE), web_host: 'tchat.example' }));
  expect(bound).toMatchObject({ do: 'start', businessId: id, input: { ...input, webHost: 'tchat.example' } });
});

test('a report signals, unless whoever leads the delivery is looking for it', () => {
  const reported = { provider: 'vonage', status: 'failed' };
  expect(command(stored(OtpDeliveryReported, reported))).toMatchObject({ do: 'signal', payload: reported });
  expect(command(stored(OtpDeliveryReported, { ...reported, is_heard: true }))).toBeUndefined();
});

test('a code that came back signals', () => {
  expect(command(stored(OtpVerified, {}))).toMatchObject({ do: 'signal', businessId: id, payload: undefined });
});
