import { expect, test } from 'vitest';
import { breaches } from './breaches.ts';
import { type ContractSet, promisedSet } from './contract-set.ts';

const text = { type: 'string' };

function setOf(fields: Readonly<Record<string, object>>, required: readonly string[], more = {}): ContractSet {
  const schema = { type: 'object', properties: fields, required, additionalProperties: false };
  return { 'test.happened': { 1: { key: 'id', schema, ...more } } };
}

const released = setOf({ id: text, note: text }, ['id']);
const says = (present: ContractSet, before = released) => breaches(before, promisedSet(present, before));

test('an event that is gone is a breach, for logs may hold it', () => {
  expect(says({})).toEqual([{ event: 'test.happened v1', says: expect.stringContaining('is gone') }]);
});

test('a version that is gone is a breach, though there is a newer one', () => {
  const { 1: promised } = released['test.happened']!;
  expect(says({ 'test.happened': { 2: promised! } })).toHaveLength(1);
});

test('another key is a breach, for the order was kept by the old one', () => {
  const [breach] = says(setOf({ id: text, note: text }, ['id'], { key: 'note' }));
  expect(breach?.says).toBe('its order was kept by id and is by note');
});

test('a field that became required is a breach, with its name', () => {
  expect(says(setOf({ id: text, note: text }, ['id', 'note']))).toEqual([
    { event: 'test.happened v1', says: 'note: was optional and is required' },
  ]);
});

test('a field that is written no more is no breach, and stays promised', () => {
  const present = setOf({ id: text }, ['id']);
  expect(says(present)).toEqual([]);
  expect(promisedSet(present, released)['test.happened']?.[1]?.schema).toMatchObject({ properties: { note: text } });
});

test('a field of what a list or an object holds may be written no more as well', () => {
  const inner = (...names: string[]) => {
    const properties = Object.fromEntries(names.map((name) => [name, text]));
    return { type: 'object', properties, required: names, additionalProperties: false };
  };
  const outer = (...names: string[]) =>
    setOf({ id: text, one: inner(...names), many: { type: 'array', items: inner(...names) } }, ['id']);
  expect(says(outer('a'), outer('a', 'b'))).toEqual([]);
  expect(says(outer('a', 'b'), outer('a'))).toHaveLength(2);
});

test('a field that was dropped cannot come back as another, a release later either', () => {
  const afterwards = promisedSet(setOf({ id: text }, ['id']), released);
  expect(says(setOf({ id: text, note: { type: 'number' } }, ['id']), afterwards)).toEqual([
    { event: 'test.happened v1', says: 'note: was "string" and is "number"' },
  ]);
});

test('new events and new fields are none', () => {
  const more = { 'test.began': { 1: { key: 'id', schema: text } } };
  expect(says({ ...setOf({ id: text, note: text, place: text }, ['id']), ...more })).toEqual([]);
});
