import { expect, test } from 'vitest';
import { quietStep } from '../progress.ts';
import type { Kept } from './keep.ts';
import { startAll, stopInOrder } from './together.ts';

function madeUp(name: string, parts: Partial<Kept>): Kept {
  const unit: Kept['unit'] = {
    name,
    kind: 'role',
    port: 1,
    answers: async () => true,
    start: () => Promise.reject(new Error('not in this test')),
  };
  return {
    unit,
    start: async () => {},
    stop: async () => {},
    fate: () => ({ phase: 'stopped', pid: undefined, startedAt: undefined, restarts: 0, lastEnd: undefined }),
    ...parts,
  };
}

test('one that fails calls the others off, and its reason is the one that is told', async () => {
  const patient = madeUp('patient', {
    start: ({ signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(new Error('called off')));
      }),
  });
  const broken = madeUp('broken', { start: () => Promise.reject(new Error('no such file')) });
  await expect(startAll([patient, broken], quietStep())).rejects.toThrow('no such file');
});

test('who is still waited for is told by name', async () => {
  const told: string[] = [];
  await startAll([madeUp('gateway', {}), madeUp('worker', {})], { ...quietStep(), doing: (doing) => told.push(doing) });
  expect(told).toEqual(['waiting for gateway, worker', 'waiting for worker', 'waiting for ']);
});

test('roles stop one after the other, the nodes of one role together', async () => {
  const events: string[] = [];
  const slow = (name: string) =>
    madeUp(name, {
      stop: async () => {
        events.push(`${name} stops`);
        await new Promise((resolve) => setImmediate(resolve));
        events.push(`${name} is gone`);
      },
    });
  await stopInOrder([slow('gateway'), slow('realtime-1'), slow('realtime-2'), slow('worker')], () => {});
  expect(events).toEqual([
    'gateway stops',
    'gateway is gone',
    'realtime-1 stops',
    'realtime-2 stops',
    'realtime-1 is gone',
    'realtime-2 is gone',
    'worker stops',
    'worker is gone',
  ]);
});
