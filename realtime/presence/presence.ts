import type { UserId } from '#shared/ids.ts';
import type { Log } from '#shared/log.ts';
import type { Presence as Told } from '#shared/sockets/presence.ts';
import { MINUTE, SECOND } from '#shared/time.ts';
import type { People, PresenceRegistry } from '../ports.ts';

/** How often {@link Presence.tick} is to be called. */
export const TICK_EVERY_MS = 1 * SECOND;
/** Someone whose last socket ended may be back in a moment, on this node or another. */
const GONE_AFTER_MS = 5 * SECOND;
/** A third of the time for which the registry takes this node's word. */
const RENEW_EVERY_MS = 8 * SECOND;
const SWEEP_EVERY_MS = 4 * SECOND;
/** A registry that lost everything has it again after one renewal: only who is absent for longer has gone. */
const ABSENT_SWEEPS_MIN = 3;
const STORE_EVERY_MS = 1 * MINUTE;
/** People in one statement. */
const STORED_AT_ONCE_MAX = 500;

export type PresencePorts = {
  readonly registry: PresenceRegistry;
  readonly people: Pick<People, 'rememberSeen' | 'lastSeenOf'>;
  /** Live sockets of a user on this node. */
  readonly socketsOf: (userId: UserId) => number;
  /** Those whom sockets of this node watch. */
  readonly watched: () => Iterable<UserId>;
  /** To everyone who watches them, on all nodes. */
  readonly tellAll: (presence: Told) => void;
  /** To those who watch them here. */
  readonly tellHere: (presence: Told) => void;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly clock: () => Date;
  readonly log: Log;
};

type Watched = { status: Told['status']; absentSweeps: number };

/**
 * One node's actor of presence: it says who has sockets here, and notices what happens to people whom its sockets watch.
 *
 * A user is **here** from their first socket to five seconds after their last; this node's word on it is renewed in the
 * registry every 8 s and good for 24 s. Whoever arrives or goes is told at once to all who watch them. Beside that,
 * every 4 s the node looks up all whom its sockets watch, and tells what has changed: this finds the users of a node
 * that was killed, within 24 s and three looks, and whatever was not heard.
 *
 * While the registry is away the node knows just its own users, and leaves all others as they were. It keeps nothing
 * that matters: when someone was last seen is stored when they go, and once a minute while they are here.
 */
export class Presence {
  readonly #ports: PresencePorts;
  /** Users who are here, and since when those have no socket who are about to be gone. */
  readonly #here = new Map<UserId, { socketless: number | undefined }>();
  /** What was told last of each user who is watched here; as many as watchers' bounds allow. */
  readonly #watched = new Map<UserId, Watched>();
  #renewedAtMs: number;
  #sweptAtMs: number;
  #storedAtMs: number;
  #isTicking = false;

  constructor(ports: PresencePorts) {
    this.#ports = ports;
    this.#renewedAtMs = this.#sweptAtMs = this.#storedAtMs = ports.now();
  }

  /** A socket of this user is connected. */
  async arrived(userId: UserId): Promise<void> {
    const known = this.#here.get(userId);
    if (known !== undefined) {
      known.socketless = undefined;
      return;
    }
    this.#here.set(userId, { socketless: undefined });
    const [wasOnline] = await this.#answer(this.#ports.registry.renew([userId]), [false]);
    if (!wasOnline && this.#here.has(userId)) this.#tellAll({ user_id: userId, status: 'online' });
  }

  /** A socket of this user has ended. */
  left(userId: UserId): void {
    const known = this.#here.get(userId);
    if (known !== undefined && this.#ports.socketsOf(userId) === 0) known.socketless ??= this.#ports.now();
  }

  /** How these people are now, for one who begins to watch them. */
  async statusOf(userIds: readonly UserId[]): Promise<Map<UserId, Told['status']>> {
    const answers = await this.#answer(this.#ports.registry.areOnline(userIds), []);
    return new Map(
      userIds.map((userId, at) => {
        const before = this.#watched.get(userId);
        const isOnline = this.#here.has(userId) || (answers[at] ?? before?.status === 'online');
        const status = isOnline ? 'online' : 'offline';
        if (before === undefined) this.#watched.set(userId, { status, absentSweeps: 0 });
        return [userId, status];
      }),
    );
  }

  /** Does what is due. A call during another does nothing. */
  async tick(): Promise<void> {
    if (this.#isTicking) return;
    this.#isTicking = true;
    try {
      const now = this.#ports.now();
      await this.#bidFarewell(now);
      if (now - this.#renewedAtMs >= RENEW_EVERY_MS) {
        this.#renewedAtMs = now;
        await this.#answer(this.#ports.registry.renew([...this.#here.keys()]), []);
      }
      if (now - this.#sweptAtMs >= SWEEP_EVERY_MS) {
        this.#sweptAtMs = now;
        await this.#sweep();
      }
      if (now - this.#storedAtMs >= STORE_EVERY_MS) {
        this.#storedAtMs = now;
        await this.#store([...this.#here.keys()]);
      }
    } finally {
      this.#isTicking = false;
    }
  }

  /** The node stops. Its users are on their way to others, so nobody is told that they went. */
  async stop(): Promise<void> {
    const userIds = [...this.#here.keys()];
    this.#here.clear();
    await this.#answer(this.#ports.registry.leave(userIds), []);
    await this.#store(userIds);
  }

  async #bidFarewell(now: number): Promise<void> {
    const gone: UserId[] = [];
    for (const [userId, { socketless }] of this.#here) {
      if (socketless !== undefined && now - socketless >= GONE_AFTER_MS) gone.push(userId);
    }
    if (gone.length === 0) return;
    for (const userId of gone) this.#here.delete(userId);
    const areElsewhere = await this.#answer(this.#ports.registry.leave(gone), []);
    await this.#store(gone);
    const at = this.#ports.clock().toISOString();
    for (const [index, userId] of gone.entries()) {
      const isBack = this.#here.has(userId) || areElsewhere[index] === true;
      if (!isBack) this.#tellAll({ user_id: userId, status: 'offline', last_seen_at: at });
    }
  }

  async #sweep(): Promise<void> {
    const watched = new Set(this.#ports.watched());
    for (const userId of this.#watched.keys()) if (!watched.has(userId)) this.#watched.delete(userId);
    const userIds = [...watched];
    const answers = await this.#answer(this.#ports.registry.areOnline(userIds), undefined);
    if (answers === undefined) return;
    const gone: UserId[] = [];
    for (const [index, userId] of userIds.entries()) {
      const state = this.#watched.get(userId) ?? { status: 'offline', absentSweeps: 0 };
      this.#watched.set(userId, state);
      const isOnline = this.#here.has(userId) || answers[index] === true;
      state.absentSweeps = isOnline ? 0 : state.absentSweeps + 1;
      if (isOnline && state.status === 'offline') this.#tellHere({ user_id: userId, status: 'online' });
      if (state.status === 'online' && state.absentSweeps >= ABSENT_SWEEPS_MIN) gone.push(userId);
    }
    if (gone.length === 0) return;
    const lastSeen = await this.#answer(this.#ports.people.lastSeenOf(gone), new Map<UserId, Date>());
    for (const userId of gone) {
      const at = lastSeen.get(userId)?.toISOString();
      this.#tellHere({ user_id: userId, status: 'offline', ...(at === undefined ? {} : { last_seen_at: at }) });
    }
  }

  async #store(userIds: readonly UserId[]): Promise<void> {
    const at = this.#ports.clock();
    for (let from = 0; from < userIds.length; from += STORED_AT_ONCE_MAX) {
      const some = userIds.slice(from, from + STORED_AT_ONCE_MAX).map((userId) => ({ userId, at }));
      await this.#answer(this.#ports.people.rememberSeen(some), undefined);
    }
  }

  #tellAll(presence: Told): void {
    this.#note(presence);
    this.#ports.tellAll(presence);
  }

  #tellHere(presence: Told): void {
    this.#note(presence);
    this.#ports.tellHere(presence);
  }

  #note({ user_id: userId, status }: Told): void {
    const state = this.#watched.get(userId);
    if (state !== undefined) state.status = status;
  }

  /** What was asked, or what to go on with when neither Redis nor Postgres can say. */
  async #answer<T, E>(question: Promise<T>, otherwise: E): Promise<T | E> {
    try {
      return await question;
    } catch (error) {
      this.#ports.log.info({ err: error }, 'presence goes on with what this node knows');
      return otherwise;
    }
  }
}
