import { expect, test } from 'vitest';
import type { Running } from '../processes/launch.ts';
import { quietStep } from '../progress.ts';
import { keep, waitAfter } from './keep.ts';
import type { Unit } from './unit.ts';

/** A unit whose processes are made up: each start hands out the next pid, and `end` ends the latest. */
function madeUpUnit(startFails: (start: number) => boolean = () => false) {
  let starts = 0;
  let end: (how: string) => void = () => {};
  const unit: Unit = {
    name: 'part',
    kind: 'role',
    port: 1,
    answers: async () => true,
    start: async () => {
      starts += 1;
      if (startFails(starts)) throw new Error(`start ${starts} failed`);
      const { promise, resolve } = Promise.withResolvers<string>();
      end = resolve;
      const running: Running = {
        name: 'part',
        pid: starts,
        port: 1,
        logPath: '/nowhere',
        ended: promise,
        stop: async () => resolve('code 0'),
      };
      return running;
    },
  };
  return { unit, starts: () => starts, end: (how: string) => end(how) };
}

test('a first start that fails is an error, and is not tried again', async () => {
  const { unit, starts } = madeUpUnit(() => true);
  const kept = keep(unit, () => {}, quietStep().signal);
  await expect(kept.start(quietStep())).rejects.toThrow('start 1 failed');
  await kept.stop();
  expect(starts()).toBe(1);
});

test('what ends is started again, and the way it ended is told', async () => {
  const { unit, end } = madeUpUnit();
  const told: string[] = [];
  const kept = keep(unit, (line) => told.push(line), quietStep().signal);
  await kept.start(quietStep());
  end('signal SIGKILL');
  await expect
    .poll(() => kept.fate(), { timeout: 5_000 })
    .toMatchObject({ phase: 'running', pid: 2, restarts: 1, lastEnd: 'signal SIGKILL' });
  expect(told).toEqual(['part ended (signal SIGKILL); starting it again in 250 ms']);
  await kept.stop();
});

test('a start that fails later is tried again after a longer wait', async () => {
  const { unit, end } = madeUpUnit((start) => start === 2);
  const told: string[] = [];
  const kept = keep(unit, (line) => told.push(line), quietStep().signal);
  await kept.start(quietStep());
  end('code 1');
  await expect.poll(() => kept.fate(), { timeout: 5_000 }).toMatchObject({ phase: 'running', pid: 3, restarts: 2 });
  expect(told[1]).toBe('part ended (start 2 failed); starting it again in 500 ms');
  await kept.stop();
});

test('nothing is started again once it was stopped, or while the cluster stops', async () => {
  const clusterStops = new AbortController();
  const [one, other] = [madeUpUnit(), madeUpUnit()];
  const keptOne = keep(one.unit, () => {}, clusterStops.signal);
  const keptOther = keep(other.unit, () => {}, clusterStops.signal);
  await keptOne.start(quietStep());
  await keptOther.start(quietStep());
  await keptOne.stop();
  clusterStops.abort();
  other.end('signal SIGKILL');
  await keptOther.stop();
  expect([one.starts(), other.starts()]).toEqual([1, 1]);
  expect(keptOne.fate()).toMatchObject({ phase: 'stopped', pid: undefined });
});

test('the wait doubles from 250 ms to 10 s', () => {
  expect([1, 2, 3, 6, 7, 50].map(waitAfter)).toEqual([250, 500, 1000, 8000, 10_000, 10_000]);
});
