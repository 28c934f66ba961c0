import { expect, test } from 'vitest';
import { FAULTS_MAX, makeFaults } from './faults.ts';

test('a fault of another target or of another kind does not strike', () => {
  const faults = makeFaults();
  faults.add({ target: 'omise', kind: 'error', count: 1 });
  expect(faults.draw('twilio', ['error'])).toBeUndefined();
  expect(faults.draw('omise', ['timeout', 'slow'])).toBeUndefined();
  expect(faults.list()).toEqual([{ target: 'omise', kind: 'error', count: 1 }]);
});

test('a count strikes exactly that often, the earliest fault first', () => {
  const faults = makeFaults();
  faults.add({ target: 'omise', kind: 'error', count: 2 });
  faults.add({ target: 'omise', kind: 'slow', count: 1 });
  const drawn = Array.from({ length: 4 }, () => faults.draw('omise', ['slow', 'error']));
  expect(drawn).toEqual(['error', 'error', 'slow', undefined]);
});

test('a rate strikes when chance says so, and goes on', () => {
  const chances = [0.29, 0.3, 0.0, 0.99];
  const faults = makeFaults(() => chances.shift() ?? 1);
  faults.add({ target: 'twilio', kind: 'timeout', rate: 0.3 });
  const drawn = Array.from({ length: 4 }, () => faults.draw('twilio', ['timeout']));
  expect(drawn).toEqual(['timeout', undefined, 'timeout', undefined]);
  expect(faults.list()).toEqual([{ target: 'twilio', kind: 'timeout', rate: 0.3 }]);
});

test('clearing ends them all', () => {
  const faults = makeFaults();
  faults.add({ target: 'twilio', kind: 'timeout', rate: 1 });
  faults.clear();
  expect(faults.draw('twilio', ['timeout'])).toBeUndefined();
});

test('there is a last fault that is taken', () => {
  const faults = makeFaults();
  for (let added = 0; added < FAULTS_MAX; added++)
    expect(faults.add({ target: 'a', kind: 'slow', count: 1 })).toBe(true);
  expect(faults.add({ target: 'a', kind: 'slow', count: 1 })).toBe(false);
});
