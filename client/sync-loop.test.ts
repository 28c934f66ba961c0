import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { WireDialog } from '#shared/contracts/messaging/dialog.ts';
import type { WireMessage } from '#shared/contracts/messaging/message.ts';
import type { SyncedDialog, SyncReply } from '#shared/contracts/messaging/sync.ts';
import { AppError } from '#shared/errors.ts';
import type { DialogId } from '#shared/ids.ts';
import type { Payload } from '#shared/sockets/client-events.ts';
import { SyncLoop } from './sync-loop.ts';

const ONE = 'one' as DialogId;
const OTHER = 'other' as DialogId;
const NOTHING: SyncReply = { dialogs: [], joined: [], joined_has_more: false, left: [] };

type Replies = (request: Payload<'sync'>) => Partial<SyncReply> | AppError;

/** A loop against a server that answers as the test says, and what came of it. */
function openLoop(reply: Replies, known?: ReadonlyMap<DialogId, number>) {
  const asked: Payload<'sync'>[] = [];
  const told: string[] = [];
  const loop = new SyncLoop(
    {
      isOn: () => true,
      sync: async (request) => {
        asked.push(request);
        const answer = reply(request);
        if (answer instanceof AppError) throw answer;
        return { ...NOTHING, ...answer };
      },
      deliver: (dialogId, changes) => told.push(...changes.map(({ version }) => `${dialogId} ${version}`)),
      receipts: () => undefined,
      joined: ({ id }) => told.push(`joined ${id}`),
      left: (dialogId) => told.push(`left ${dialogId}`),
      reset: (dialogId) => told.push(`reset ${dialogId}`),
      caughtUp: () => told.push('caught up'),
    },
    known,
  );
  return { loop, asked, told };
}

const message = (version: number) => ({ version }) as WireMessage;
const live = (version: number) => ({ dialog_id: ONE, version, message: message(version) });
const change = (version: number) => ({ type: 'message:new' as const, version, message: message(version) });
const dialog = (id: DialogId, version: number) => ({ id, version }) as WireDialog;

function page(dialogId: DialogId, versions: readonly number[], more: Partial<SyncedDialog> = {}): SyncedDialog {
  const version = versions.at(-1) ?? 0;
  const common = { last_seq: version, receipts: [], has_more: false, reset: false };
  return { dialog_id: dialogId, version, changes: versions.map(change), ...common, ...more };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('a dialog whose version the server does not know is told to start afresh', async () => {
  const { loop, told } = openLoop(
    () => ({ dialogs: [page(ONE, [], { version: 2, reset: true })] }),
    new Map([[ONE, 9]]),
  );
  loop.connected();
  await vi.advanceTimersByTimeAsync(0);
  expect(told).toEqual(['reset one', 'caught up']);
  expect(loop.versions).toEqual(new Map([[ONE, 2]]));
});

test('a dialog that the user was removed from is forgotten', async () => {
  const { loop, told } = openLoop(() => ({ left: [ONE] }), new Map([[ONE, 3]]));
  loop.connected();
  await vi.advanceTimersByTimeAsync(0);
  expect(told).toEqual(['left one', 'caught up']);
  expect(loop.versions).toEqual(new Map());
});

test('a sync that fails is asked again until it is answered', async () => {
  let failures = 3;
  const { loop, asked, told } = openLoop(
    () => {
      failures -= 1;
      return failures >= 0 ? new AppError('RETRY_LATER') : { dialogs: [page(ONE, [1])] };
    },
    new Map([[ONE, 0]]),
  );
  loop.connected();
  await vi.advanceTimersByTimeAsync(20_000);
  expect(asked).toHaveLength(4);
  expect(told).toEqual(['one 1', 'caught up']);
});

test('an answer that leaves a dialog out is asked for again after a wait, not in a circle', async () => {
  const { loop, asked } = openLoop(() => ({}), new Map([[ONE, 0]]));
  loop.connected();
  await vi.advanceTimersByTimeAsync(0);
  expect(asked).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(300);
  expect(asked).toHaveLength(2);
});

test('pages are fetched until there is no more', async () => {
  const { loop, asked, told } = openLoop(
    ({ dialogs }) => {
      const [first] = dialogs;
      return first?.after_version === 0
        ? { dialogs: [page(ONE, [1, 2], { version: 3, has_more: true })] }
        : { dialogs: [page(ONE, [3])] };
    },
    new Map([[ONE, 0]]),
  );
  loop.connected();
  await vi.advanceTimersByTimeAsync(0);
  expect(asked.map(({ dialogs }) => dialogs[0]?.after_version)).toEqual([0, 2]);
  expect(told).toEqual(['one 1', 'one 2', 'one 3', 'caught up']);
});

test('a gap that closes by itself costs no sync, one that stays does', async () => {
  const { loop, asked, told } = openLoop(() => ({ dialogs: [page(ONE, [3, 4])] }), new Map([[ONE, 0]]));
  loop.live(live(2), 'message:new');
  loop.live(live(1), 'message:new');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked).toEqual([]);
  loop.live(live(4), 'message:new');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked).toHaveLength(1);
  expect(told).toEqual(['one 1', 'one 2', 'one 3', 'one 4', 'caught up']);
});

test('a beacon that tells of more than was heard leads to a sync, one that does not is ignored', async () => {
  const { loop, asked } = openLoop(() => ({ dialogs: [page(ONE, [3, 4, 5])] }), new Map([[ONE, 2]]));
  loop.beacon({ dialogs: [{ dialog_id: ONE, version: 2 }] });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked).toEqual([]);
  loop.beacon({ dialogs: [{ dialog_id: ONE, version: 5 }] });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked).toHaveLength(1);
  expect(loop.versions).toEqual(new Map([[ONE, 5]]));
});

test('a client that knew nothing goes on from now, in the dialogs that there are', async () => {
  const { loop, asked, told } = openLoop(() => ({ joined: [dialog(ONE, 7)] }));
  loop.connected();
  await vi.advanceTimersByTimeAsync(0);
  loop.live(live(8), 'message:new');
  expect(told).toEqual(['joined one', 'caught up', 'one 8']);
  expect(asked).toHaveLength(1);
});

test('a dialog that began while the client was away is told of, and read from its beginning', async () => {
  const { loop, told } = openLoop(
    ({ dialogs }) =>
      dialogs.length === 1
        ? { dialogs: [page(OTHER, [], { version: 4 })], joined: [dialog(ONE, 2)] }
        : { dialogs: [page(ONE, [1, 2])] },
    new Map([[OTHER, 4]]),
  );
  loop.connected();
  await vi.advanceTimersByTimeAsync(0);
  expect(told).toEqual(['joined one', 'one 1', 'one 2', 'caught up']);
});

test('a message that overtakes the news of its dialog is not told twice, and the dialog is', async () => {
  const { loop, told } = openLoop(() => ({}));
  loop.live(live(1), 'message:new');
  loop.joined(dialog(ONE, 0));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(told).toEqual(['one 1', 'joined one']);
});
