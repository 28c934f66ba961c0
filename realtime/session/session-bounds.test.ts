import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Caller } from '#shared/caller.ts';
import type { UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { presenceRoom } from '#shared/sockets/rooms.ts';
import { MINUTE, SECOND } from '#shared/time.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import type { EventHandler } from '../events/handler.ts';
import type { NodeSocket } from '../ports.ts';
import { ratesOf } from './rates.ts';
import { Session } from './session.ts';
import { Sessions } from './sessions.ts';
import { watchSessions } from './watch-sessions.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const UNREAD_MAX = 2 * 1024 * 1024;

/** A live session over a socket that is no connection, whose one event is answered when the test says so. */
function open(expiresAt = new Date(Date.now() + 10 * MINUTE), keyId = 'a key') {
  const wire = Object.assign(new EventEmitter(), { writableLength: 0, destroy: vi.fn<() => void>() });
  const rooms = new Set<string>();
  const conn = Object.assign(new EventEmitter(), {
    request: { socket: wire },
    transport: {},
    close: vi.fn<() => void>(),
  });
  const socket = {
    conn,
    rooms,
    join: (added: string | string[]) => [added].flat().forEach((room) => rooms.add(room)),
    leave: (room: string) => rooms.delete(room),
    emit: vi.fn<(...event: unknown[]) => void>(),
    onAny: () => undefined,
    disconnect: vi.fn<(close: boolean) => void>(),
  };
  const pending: (() => void)[] = [];
  const handler: EventHandler = {
    event: 'sync',
    budget: 'control',
    handle: () => new Promise((resolve) => pending.push(() => resolve({}))),
  };
  const ended: string[] = [];
  const caller = { userId: newId<UserId>('TH'), expiresAt, keyId } as Caller;
  const session = new Session(socket as unknown as NodeSocket, caller, {
    handlers: new Map([['sync', handler]]),
    rates: { ...ratesOf('relaxed'), typed: ratesOf('normal').typed },
    now: () => Date.now(),
    log: quietLog,
    answered: () => undefined,
    ended: (reason) => ended.push(reason),
  });
  session.begin();
  const ask = (event: string) => {
    const answers: unknown[] = [];
    session.receive([event, {}, (answer: unknown) => answers.push(answer)]);
    return answers;
  };
  return { session, socket, wire, rooms, ended, pending, ask };
}

test('a client that asks for more at once than it may is told to wait, and what is under way is still answered', async () => {
  const { ask, pending } = open();
  const answers = Array.from({ length: 65 }, () => ask('sync'));
  expect(answers[64]).toMatchObject([{ error: { code: 'RETRY_LATER' } }]);
  for (const answer of pending) answer();
  await vi.advanceTimersByTimeAsync(0);
  expect(answers.slice(0, 64)).toEqual(Array.from({ length: 64 }, () => [{ data: {} }]));
});

test('a hundred refusals for budget in a minute end the socket, and fewer do not', () => {
  const { ask, ended } = open();
  for (let events = 0; events < 20; events++)
    expect(ask('nonsense')).toMatchObject([{ error: { code: 'VALIDATION_ERROR' } }]);
  for (let refusals = 0; refusals < 99; refusals++) ask('nonsense');
  expect(ended).toEqual([]);
  expect(ask('nonsense')).toMatchObject([{ error: { code: 'RATE_LIMIT_EXCEEDED', retry_after_ms: 600 } }]);
  expect(ended).toEqual(['abusive']);
});

test('a client that does not read is cut once, beyond 2 MB and not below', async () => {
  const { session, wire, ended } = open();
  const sessions = new Sessions();
  sessions.add(session);
  const unwatch = watchSessions(
    sessions,
    () => new Date(),
    () => true,
  );
  wire.writableLength = UNREAD_MAX;
  await vi.advanceTimersByTimeAsync(5 * SECOND);
  expect(ended).toEqual([]);
  wire.writableLength = UNREAD_MAX + 1;
  await vi.advanceTimersByTimeAsync(5 * SECOND);
  expect(ended).toEqual(['slow']);
  expect(wire.destroy).toHaveBeenCalledOnce();
  unwatch();
});

test('a socket ends with its token, within a second', async () => {
  const { session, ended } = open(new Date(Date.now() + 10 * SECOND));
  const sessions = new Sessions();
  sessions.add(session);
  const unwatch = watchSessions(
    sessions,
    () => new Date(),
    () => true,
  );
  await vi.advanceTimersByTimeAsync(9 * SECOND);
  expect(ended).toEqual([]);
  await vi.advanceTimersByTimeAsync(1 * SECOND);
  expect(ended).toEqual(['expired']);
  unwatch();
});

test('a socket ends within a second once the key of its token is taken away, and no other does', async () => {
  const gone = open(undefined, 'gone');
  const good = open(undefined, 'good');
  const sessions = new Sessions();
  const taken = new Set<string>();
  for (const { session } of [gone, good]) sessions.add(session);
  const unwatch = watchSessions(
    sessions,
    () => new Date(),
    (keyId) => !taken.has(keyId),
  );
  await vi.advanceTimersByTimeAsync(5 * SECOND);
  expect(gone.ended).toEqual([]);
  taken.add('gone');
  await vi.advanceTimersByTimeAsync(1 * SECOND);
  expect([gone.ended, good.ended]).toEqual([['expired'], []]);
  unwatch();
});

test('once ended it stays so, and watches nobody any more', () => {
  const { session, ended, rooms } = open();
  session.end('revoked');
  session.end('draining');
  session.watch([newId<UserId>('TH')]);
  expect(ended).toEqual(['revoked']);
  expect([...rooms]).toEqual([]);
});

test('five hundred people are watched, those named last', () => {
  const { session, rooms } = open();
  const people = Array.from({ length: 510 }, () => newId<UserId>('TH'));
  session.watch(people.slice(0, 400));
  session.watch(people.slice(0, 5));
  session.watch(people.slice(400));
  const kept = [...people.slice(15), ...people.slice(0, 5)];
  expect([...session.watching].toSorted()).toEqual(kept.toSorted());
  expect([...rooms].toSorted()).toEqual(kept.map(presenceRoom).toSorted());
});

test('whom it may not watch any more is offline to it', () => {
  const { session, socket, rooms } = open();
  const [one, other] = [newId<UserId>('TH'), newId<UserId>('TH')];
  session.watch([one, other]);
  session.unwatch([one]);
  expect(socket.emit.mock.calls).toEqual([['presence', { user_id: one, status: 'offline' }]]);
  expect([...rooms]).toEqual([presenceRoom(other)]);
});
