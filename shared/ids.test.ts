import { expect, test } from 'vitest';
import { regionOf, UserId } from './ids.ts';
import { newId } from './new-id.ts';
import { REGIONS } from './regions.ts';

test.each(REGIONS)('an id made in %s says so, and is a UUIDv7', (region) => {
  const id = newId<UserId>(region);
  expect(UserId.parse(id)).toBe(id);
  expect(regionOf(id)).toBe(region);
});

test('an id of another making is read as the first region, where it is not found', () => {
  expect(regionOf(UserId.parse('01a20c13-97cd-7fee-8c01-f999e411df43'))).toBe('core');
});

test.each(['', 'x', '01a20c13-97cd-7fee-7c01-4999e411df43', "' OR 1=1 --"])('%j is no id', (text) => {
  expect(UserId.safeParse(text).success).toBe(false);
});

test('ids sort by the millisecond they were made in', () => {
  const ids = Array.from({ length: 100 }, () => newId<UserId>('TH').slice(0, 13));
  expect(ids.toSorted()).toEqual(ids);
});
