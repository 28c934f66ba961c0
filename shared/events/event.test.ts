import { expect, test } from 'vitest';
import { z } from 'zod';
import { dataOf, defineEvent, earlier, happened, type StoredEvent } from './event.ts';
import { EventVersionUnknown } from './version-unknown.ts';

/** A parcel that counted grams in version 3, kilograms in version 2, and had no weight in version 1. */
const Weighed = defineEvent('test.weighed', 3, z.object({ parcel_id: z.string(), grams: z.number().int() }), {
  says: 'A parcel was weighed.',
  key: 'parcel_id',
  earlier: [
    earlier(1, z.object({ parcel_id: z.string() }), (old) => ({ ...old, grams: 0 })),
    earlier(2, z.object({ parcel_id: z.string(), kilograms: z.number() }), ({ parcel_id, kilograms }) => ({
      parcel_id,
      grams: Math.round(kilograms * 1000),
    })),
  ],
});

function stored(version: number, data: object): StoredEvent {
  const when = new Date('2026-01-01T00:00:00.000Z');
  return { id: 'e', type: Weighed.type, version, aggregateId: 'p', occurredAt: when, data: { ...data } };
}

test('a field that the contract does not name is not written', () => {
  const data = { parcel_id: 'p', grams: 1, phone: '+66812345678' };
  expect(() => happened(Weighed, 'p', data)).toThrow(/phone/);
});

test('a value that the contract does not allow is not written', () => {
  expect(() => happened(Weighed, 'p', { parcel_id: 'p', grams: 1.5 })).toThrow(/grams/);
});

test('an event is not written under another id than that of its key', () => {
  expect(() => happened(Weighed, 'another', { parcel_id: 'p', grams: 1 })).toThrow('parcel_id');
});

test('a version from the future is refused by name, never passed over', () => {
  const reading = () => dataOf(Weighed, stored(4, { parcel_id: 'p', milligrams: 1 }));
  expect(reading).toThrow(EventVersionUnknown);
  expect(reading).toThrow('VERSION_UNKNOWN: test.weighed version 4');
});

test('data that are not those of their version are refused', () => {
  expect(() => dataOf(Weighed, stored(2, { parcel_id: 'p', grams: 1 }))).toThrow(/kilograms/);
});

test('an event of another kind is not read', () => {
  expect(dataOf(Weighed, { ...stored(3, {}), type: 'test.measured' })).toBeUndefined();
});

test('fields that a newer build has added are passed over', () => {
  expect(dataOf(Weighed, stored(3, { parcel_id: 'p', grams: 7, is_fragile: true }))).toEqual({
    parcel_id: 'p',
    grams: 7,
  });
});

test('every earlier version is read as the present one', () => {
  expect(dataOf(Weighed, stored(1, { parcel_id: 'p' }))).toEqual({ parcel_id: 'p', grams: 0 });
  expect(dataOf(Weighed, stored(2, { parcel_id: 'p', kilograms: 1.25 }))).toEqual({ parcel_id: 'p', grams: 1250 });
  expect(dataOf(Weighed, stored(3, { parcel_id: 'p', grams: 7 }))).toEqual({ parcel_id: 'p', grams: 7 });
});

test('what is written is of the present version', () => {
  const { type, version, aggregateId } = happened(Weighed, 'p', { parcel_id: 'p', grams: 1 });
  expect({ type, version, aggregateId }).toEqual({ type: 'test.weighed', version: 3, aggregateId: 'p' });
});
