import type { SessionId, UserId } from '#shared/ids.ts';
import type { Session } from './session.ts';

/** The sessions of one node, those that are still opening included. A user has at most five. */
export class Sessions {
  readonly #all = new Set<Session>();
  readonly #byUser = new Map<UserId, Set<Session>>();

  add(session: Session): void {
    this.#all.add(session);
    const { userId } = session.caller;
    const own = this.#byUser.get(userId);
    if (own === undefined) this.#byUser.set(userId, new Set([session]));
    else own.add(session);
  }

  /** Removing twice changes nothing: a connection and its socket end apart. */
  remove(session: Session): void {
    this.#all.delete(session);
    const { userId } = session.caller;
    const own = this.#byUser.get(userId);
    if (own?.delete(session) === true && own.size === 0) this.#byUser.delete(userId);
  }

  of(userId: UserId): Iterable<Session> {
    return this.#byUser.get(userId) ?? [];
  }

  countOf(userId: UserId): number {
    return this.#byUser.get(userId)?.size ?? 0;
  }

  /** The sockets that were opened with one login. */
  withSession(sessionId: SessionId): Session[] {
    return [...this.#all].filter(({ caller }) => caller.sessionId === sessionId);
  }

  get users(): Iterable<UserId> {
    return this.#byUser.keys();
  }

  get all(): ReadonlySet<Session> {
    return this.#all;
  }
}
