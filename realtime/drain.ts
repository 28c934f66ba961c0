import { setTimeout as sleep } from 'node:timers/promises';
import { SECOND } from '#shared/time.ts';
import type { Session } from './session/session.ts';
import type { Sessions } from './session/sessions.ts';

/** Over how long the sockets of a full node are sent away, so that its neighbours are not hit by all of them at once. */
const SPREAD_MAX_MS = 10 * SECOND;
/** A node with few sockets need not take that long: so much for each. */
const SPREAD_PER_SOCKET_MS = 10;
/** For the events of one session that are under way. */
const FINISH_WITHIN_MS = 5 * SECOND;

/**
 * Sends every client away to another node: each at its own random moment, after its events under way are answered.
 * Closing the transport makes every Socket.IO client reconnect by itself. Takes at most 15 s.
 */
export async function drainSessions(sessions: Sessions): Promise<void> {
  const spreadMs = Math.min(SPREAD_MAX_MS, sessions.all.size * SPREAD_PER_SOCKET_MS);
  await Promise.all([...sessions.all].map((session) => sendAway(session, Math.random() * spreadMs)));
}

async function sendAway(session: Session, afterMs: number): Promise<void> {
  await sleep(afterMs);
  await Promise.race([session.idle(), sleep(FINISH_WITHIN_MS, undefined, { ref: false })]);
  session.end('draining');
}
