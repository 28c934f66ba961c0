import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { DialogId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { dialogRoom, userRoom } from '#shared/sockets/rooms.ts';
import { SECOND } from '#shared/time.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import type { NodeNamespace, TopVersion } from '../ports.ts';
import { Beacon } from './beacon.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A node with these rooms, a store that says how far their dialogs have got, and what the rooms were told. */
function open(rooms: readonly string[]) {
  const versions = new Map<DialogId, number>();
  const asked: DialogId[][] = [];
  const told: { readonly room: string; readonly dialogs: readonly TopVersion[] }[] = [];
  const state = { subscribed: true, publishing: true, lost: 0, isStoreAway: false };
  const namespace = {
    adapter: { rooms: new Map(rooms.map((room) => [room, new Set()])) },
    local: {
      to: (room: string) => ({
        emit: (_: string, { dialogs }: { dialogs: readonly TopVersion[] }) => told.push({ room, dialogs }),
      }),
    },
  };
  const beacon = new Beacon({
    namespace: namespace as unknown as NodeNamespace,
    chat: {
      topVersions: async (ids) => {
        asked.push([...ids]);
        if (state.isStoreAway) throw new Error('away');
        return ids.flatMap((id) => (versions.has(id) ? [{ dialog_id: id, version: versions.get(id)! }] : []));
      },
    },
    channels: { state },
    log: quietLog,
  });
  return { beacon, versions, asked, told, state };
}

test('a room is told once of a version, and again when its dialog has moved', async () => {
  const id = newId<DialogId>('TH');
  const { beacon, versions, told } = open([dialogRoom(id)]);
  versions.set(id, 3);
  await vi.advanceTimersByTimeAsync(60 * SECOND);
  versions.set(id, 4);
  await vi.advanceTimersByTimeAsync(60 * SECOND);
  const room = dialogRoom(id);
  expect(told).toEqual([3, 4].map((version) => ({ room, dialogs: [{ dialog_id: id, version }] })));
  beacon.stop();
});

test('a dialog in which nothing was said, and rooms that are no dialogs, are told nothing', async () => {
  const id = newId<DialogId>('TH');
  const { beacon, versions, told, asked } = open([dialogRoom(id), userRoom(newId('TH')), 'x'.repeat(20)]);
  versions.set(id, 0);
  await vi.advanceTimersByTimeAsync(60 * SECOND);
  expect(told).toEqual([]);
  expect(new Set(asked.flat())).toEqual(new Set([id]));
  beacon.stop();
});

test('a node that hears no others looks every two seconds instead of every ten', async () => {
  const { beacon, asked, state } = open([dialogRoom(newId('TH'))]);
  await vi.advanceTimersByTimeAsync(2 * SECOND);
  asked.length = 0;
  await vi.advanceTimersByTimeAsync(60 * SECOND);
  expect(asked).toHaveLength(6);
  state.subscribed = false;
  asked.length = 0;
  await vi.advanceTimersByTimeAsync(60 * SECOND);
  expect(asked).toHaveLength(30);
  beacon.stop();
});

test('a store that is away is asked again, and then what has moved is told', async () => {
  const id = newId<DialogId>('TH');
  const { beacon, versions, told, state } = open([dialogRoom(id)]);
  versions.set(id, 1);
  state.isStoreAway = true;
  await vi.advanceTimersByTimeAsync(30 * SECOND);
  expect(told).toEqual([]);
  state.isStoreAway = false;
  await vi.advanceTimersByTimeAsync(10 * SECOND);
  expect(told).toHaveLength(1);
  beacon.stop();
});

test('five hundred dialogs are asked about at a time', async () => {
  const ids = Array.from({ length: 1_100 }, () => newId<DialogId>('TH'));
  const { beacon, asked } = open(ids.map(dialogRoom));
  await beacon.sweep();
  expect(asked.map(({ length }) => length)).toEqual([500, 500, 100]);
  expect(asked.flat()).toEqual(ids);
  beacon.stop();
});
