import type { UserId } from '#shared/ids.ts';
import type { Log } from '#shared/log.ts';
import { presenceRoom } from '#shared/sockets/rooms.ts';
import { MINUTE } from '#shared/time.ts';
import type { Chat, NodeNamespace, People, PresenceRegistry } from '../ports.ts';
import type { Sessions } from '../session/sessions.ts';
import { makeMayWatch, type MayWatch } from './may-watch.ts';
import { Presence, TICK_EVERY_MS } from './presence.ts';
import { recheckWatchers } from './recheck.ts';

/** How long someone may go on watching whom they no longer may: reading it costs one or two statements a session. */
const RECHECK_EVERY_MS = 1 * MINUTE;
const ROOM_PREFIX = presenceRoom('' as UserId);

export type OpenPresence = {
  readonly presence: Presence;
  readonly mayWatch: MayWatch;
  stop(): Promise<void>;
};

type Ports = {
  readonly namespace: NodeNamespace;
  readonly sessions: Sessions;
  readonly registry: PresenceRegistry;
  readonly people: People;
  readonly chat: Pick<Chat, 'sharesDialog'>;
  readonly now: () => number;
  readonly clock: () => Date;
  readonly log: Log;
};

/** The presence of a node, over its rooms and on its timers. */
export function openPresence({ namespace, sessions, people, chat, log, ...ports }: Ports): OpenPresence {
  const mayWatch = makeMayWatch(people, chat);
  const presence = new Presence({
    ...ports,
    people,
    log,
    socketsOf: (userId) => sessions.countOf(userId),
    watched: function* () {
      for (const room of namespace.adapter.rooms.keys()) {
        if (room.startsWith(ROOM_PREFIX)) yield room.slice(ROOM_PREFIX.length) as UserId;
      }
    },
    tellAll: (told) => void namespace.volatile.to(presenceRoom(told.user_id)).emit('presence', told),
    tellHere: (told) => void namespace.local.volatile.to(presenceRoom(told.user_id)).emit('presence', told),
  });
  const ticks = setInterval(() => void presence.tick(), TICK_EVERY_MS).unref();
  let isRechecking = false;
  const rechecks = setInterval(() => {
    if (isRechecking) return;
    isRechecking = true;
    void recheckWatchers(sessions, mayWatch, log).finally(() => (isRechecking = false));
  }, RECHECK_EVERY_MS).unref();
  return {
    presence,
    mayWatch,
    stop: async () => {
      clearInterval(ticks);
      clearInterval(rechecks);
      await presence.stop();
    },
  };
}
