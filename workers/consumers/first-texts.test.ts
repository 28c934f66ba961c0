import { expect, test } from 'vitest';
import { OtpRequested } from '#shared/events/auth.ts';
import type { StoredEvent } from '#shared/events/event.ts';
import type { ChallengeId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import type { Tx } from '#shared/sql.ts';
import { MINUTE } from '#shared/time.ts';
import { makeFirstTexts } from './first-texts.ts';

const NOW = new Date('2026-01-01T12:00:00Z');
/** The database's clock; nothing is written through it. */
const tx = { inTransaction: true, rows: () => Promise.resolve([{ now: NOW }]) } as unknown as Tx;
const AFTER_MS = 40;

function requested(agoMs: number, lifeMs = 5 * MINUTE): StoredEvent {
  const id = newId<ChallengeId>('TH');
  const occurredAt = new Date(NOW.getTime() - agoMs);
  const expiresAt = new Date(occurredAt.getTime() + lifeMs);
  const data = { challenge_id: id, country: 'TH', expires_at: expiresAt.toISOString(), web_host: 'tchat.example' };
  return { id: newId('TH'), type: OtpRequested.type, version: OtpRequested.version, aggregateId: id, occurredAt, data };
}

function firstTexts() {
  const asked: (readonly { readonly challengeId: ChallengeId; readonly webHost?: string | undefined }[])[] = [];
  const consumer = makeFirstTexts({
    sendUnsent: async (challenges) => void asked.push(challenges),
    afterMs: AFTER_MS,
  });
  return { asked, handle: (events: StoredEvent[]) => consumer.handle(events, tx) };
}

test('codes that have expired are passed over without waiting', async () => {
  const { asked, handle } = firstTexts();
  await handle([requested(10 * MINUTE), requested(6 * MINUTE)]);
  expect(asked).toEqual([]);
});

test('codes that workflows had their time for are sent together, with the host that they are bound to', async () => {
  const { asked, handle } = firstTexts();
  const events = [requested(10 * MINUTE), requested(MINUTE), requested(AFTER_MS)];
  await handle(events);
  const [, one, two] = events.map(({ aggregateId: challengeId }) => ({ challengeId, webHost: 'tchat.example' }));
  expect(asked).toEqual([[one, two]]);
});

test('a code that was only just asked for is left to its workflow first', async () => {
  const { asked, handle } = firstTexts();
  const handling = handle([requested(0)]);
  await Promise.resolve();
  expect(asked).toEqual([]);
  await handling;
  expect(asked).toHaveLength(1);
});

test('a failure is passed on, so that the events are handled again', async () => {
  const consumer = makeFirstTexts({
    sendUnsent: () => Promise.reject(new Error('the store is away')),
    afterMs: 0,
  });
  await expect(consumer.handle([requested(0)], tx)).rejects.toThrow('away');
});
