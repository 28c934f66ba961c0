import { expect, test } from 'vitest';
import type { DialogRemoved, WireDialog } from '#shared/contracts/messaging/dialog.ts';
import type { DialogId, SessionId, UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { dialogRoom } from '#shared/sockets/rooms.ts';
import type { NodeSocket } from '../ports.ts';
import { Session, type SessionContext } from './session.ts';

/** The part of a socket that rooms need. */
class Rooms {
  readonly rooms = new Set<string>();
  join(rooms: string | string[]): void {
    for (const room of [rooms].flat()) this.rooms.add(room);
  }
  leave(room: string): void {
    this.rooms.delete(room);
  }
}

function opening() {
  const socket = new Rooms();
  const caller = {
    userId: newId<UserId>('TH'),
    sessionId: newId<SessionId>('TH'),
    role: 'user',
    country: 'TH',
    expiresAt: new Date(Date.now() + 60_000),
  } as const;
  const session = new Session(socket as unknown as NodeSocket, caller, {} as SessionContext);
  return { session, rooms: socket.rooms };
}

function removed(id: DialogId): DialogRemoved {
  return { id, dialog_id: id, type: 'group', reason: 'removed' };
}

test('what notices say while dialogs are being read has the last word over the reading', async () => {
  const { session, rooms } = opening();
  const [stays, leaves, enters, both] = Array.from({ length: 4 }, () => newId<DialogId>('TH')) as [
    DialogId,
    DialogId,
    DialogId,
    DialogId,
  ];
  const reading = Promise.withResolvers<DialogId[]>();
  const settled = session.settleInto(() => reading.promise);
  session.exit(removed(leaves));
  session.enter({ id: enters } as WireDialog);
  session.enter({ id: both } as WireDialog);
  session.exitIfIn(removed(both));
  reading.resolve([stays, leaves, both]);
  await settled;
  expect([...rooms].toSorted()).toEqual([stays, enters].map(dialogRoom).toSorted());
});

test('a later reading is not held to what notices said during an earlier one', async () => {
  const { session, rooms } = opening();
  const dialog = newId<DialogId>('TH');
  const first = Promise.withResolvers<DialogId[]>();
  const early = session.settleInto(() => first.promise);
  session.exit(removed(dialog));
  first.resolve([dialog]);
  await early;
  expect([...rooms]).toEqual([]);
  await session.settleInto(async () => [dialog]);
  expect([...rooms]).toEqual([dialogRoom(dialog)]);
});

test('a reading that fails leaves the rooms as they are', async () => {
  const { session, rooms } = opening();
  const dialog = newId<DialogId>('TH');
  await session.settleInto(async () => [dialog]);
  await expect(session.settleInto(() => Promise.reject(new Error('the store is away')))).rejects.toThrow('away');
  expect([...rooms]).toEqual([dialogRoom(dialog)]);
});
