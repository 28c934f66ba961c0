import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AppError } from '#shared/errors.ts';
import type { UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import type { Presence } from '#shared/sockets/presence.ts';
import { MINUTE } from '#shared/time.ts';
import { PresenceWatch } from './presence-watch.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function open() {
  const calls: UserId[][] = [];
  const told: Presence[] = [];
  const state = { isOn: true, isFailing: false };
  const watch = new PresenceWatch({
    subscribe: async (ids) => {
      calls.push(ids);
      if (state.isFailing) throw new AppError('TIMEOUT');
      return { presence: ids.map((user_id) => ({ user_id, status: 'online' as const })) };
    },
    isOn: () => state.isOn,
    tell: (presence) => told.push(presence),
  });
  return { watch, calls, told, state };
}

const people = (count: number) => Array.from({ length: count }, () => newId<UserId>('TH'));

test('nothing is asked without a connection, and everything with the next one', async () => {
  const { watch, calls, told, state } = open();
  state.isOn = false;
  const some = people(2);
  watch.add(some);
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect(calls).toEqual([]);
  state.isOn = true;
  watch.renew();
  await vi.advanceTimersByTimeAsync(0);
  expect(calls).toEqual([some]);
  expect(told.map(({ user_id: id }) => id)).toEqual(some);
});

test('what failed is asked again until it is answered', async () => {
  const { watch, calls, told, state } = open();
  state.isFailing = true;
  const some = people(1);
  watch.add(some);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(calls.length).toBeGreaterThan(1);
  expect(told).toEqual([]);
  state.isFailing = false;
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect(told).toHaveLength(1);
});

test('a hundred are asked about at a time, and five hundred are watched, those named last', async () => {
  const { watch, calls } = open();
  const many = people(520);
  watch.add(many);
  await vi.advanceTimersByTimeAsync(0);
  expect(calls.map((ids) => ids.length)).toEqual([100, 100, 100, 100, 100]);
  expect(calls.flat().toSorted()).toEqual(many.slice(20).toSorted());
});
