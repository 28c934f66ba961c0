import { AppError } from '#shared/errors.ts';
import type { SessionId } from '#shared/ids.ts';
import type { Log } from '#shared/log.ts';
import type { Country } from '#shared/regions.ts';
import type { Database, Databases } from '#shared/sql.ts';
import { MINUTE, SECOND } from '#shared/time.ts';
import type { RevocationFeed } from './ports.ts';
import { ACCESS_TOKEN_LIFE_MS } from './rules.ts';
import { readRevocations } from './session-store.ts';

/** How often Postgres is asked. The feed is faster; this is what finds what the feed has lost. */
const POLL_EVERY_MS = 5 * SECOND;
/** Without an answer of Postgres for this long nobody can know who was logged out, so nobody is let in. */
const STALE_AFTER_MS = 30 * SECOND;
/** A revocation is forgotten when the last access token of its session has ended, clocks being a little apart. */
const REMEMBER_MS = ACCESS_TOKEN_LIFE_MS + 2 * MINUTE;

export type Revocations = {
  /** @throws {AppError} SESSION_REVOKED; RETRY_LATER when the home region of the caller has not been heard of lately */
  check(sessionId: SessionId, country: Country): void;
  /** Makes known that sessions have ended: here at once, to other processes by the feed. Call it after the commit. */
  announce(sessionIds: readonly SessionId[]): void;
  /** Calls `listener` once for each session that is learned to have ended. Returns what ends that. */
  onRevoked(listener: (sessionId: SessionId) => void): () => void;
  /** Ready once every region has answered. */
  isFresh(): boolean;
  close(): Promise<void>;
};

type Source = {
  readonly database: Database;
  /** The database's clock at its last answer; the next question goes on from there. */
  readAt: Date | undefined;
  /** Our monotonic clock when the last answer was asked for; minus infinity before the first. */
  heardAtMs: number;
};

/**
 * Knows which sessions ended within the life of an access token, so that checking a token asks no database.
 *
 * Two ways in: the feed, within a second but lossy, and Postgres, every five seconds and complete. Sessions are only
 * ever added, so neither order nor repetition matters, and losing Redis never brings a session back.
 *
 * @param nowMs a monotonic clock
 */
export async function openRevocations({
  databases,
  feed,
  log,
  nowMs = () => performance.now(),
}: {
  readonly databases: Databases;
  readonly feed: RevocationFeed;
  readonly log: Log;
  readonly nowMs?: () => number;
}): Promise<Revocations> {
  /** Ended sessions with the moment when they may be forgotten, oldest first. */
  const ended = new Map<SessionId, number>();
  const listeners = new Set<(sessionId: SessionId) => void>();
  const sources = databases.all.map((database): Source => ({ database, readAt: undefined, heardAtMs: -Infinity }));
  let timer: NodeJS.Timeout | undefined;
  let polling: Promise<void> | undefined;
  let isClosed = false;

  function learn(sessionIds: readonly SessionId[]): void {
    for (const id of sessionIds) {
      if (ended.has(id)) continue;
      ended.set(id, nowMs() + REMEMBER_MS);
      for (const listener of listeners) listener(id);
    }
  }

  function forget(): void {
    for (const [id, until] of ended) {
      if (until > nowMs()) return;
      ended.delete(id);
    }
  }

  async function read(source: Source): Promise<void> {
    const askedAtMs = nowMs();
    const { readAt, sessionIds } = await readRevocations(source.database, source.readAt, REMEMBER_MS);
    learn(sessionIds);
    source.readAt = readAt;
    source.heardAtMs = askedAtMs;
  }

  async function poll(): Promise<void> {
    clearTimeout(timer);
    const results = await Promise.allSettled(sources.map(read));
    for (const result of results) {
      if (result.status === 'rejected') log.warn({ err: result.reason }, 'ended sessions could not be read');
    }
    forget();
    if (!isClosed) timer = setTimeout(pollOnce, POLL_EVERY_MS).unref();
  }

  /** One poll at a time; a call during one gets that one. */
  function pollOnce(): Promise<void> {
    polling ??= poll().finally(() => (polling = undefined));
    return polling;
  }

  const isFresh = (source: Source): boolean => nowMs() - source.heardAtMs < STALE_AFTER_MS;
  const unsubscribe = feed.subscribe(learn, () => void pollOnce());
  await pollOnce();

  return {
    check: (sessionId, country) => {
      if (ended.has(sessionId)) throw new AppError('SESSION_REVOKED');
      const home = databases.of(country);
      const source = sources.find(({ database }) => database === home);
      if (source === undefined || !isFresh(source)) throw new AppError('RETRY_LATER', { retryAfterS: 1 });
    },
    announce: (sessionIds) => {
      if (sessionIds.length === 0) return;
      learn(sessionIds);
      feed.publish(sessionIds).catch((error: unknown) => {
        log.warn({ err: error }, 'the end of a session was not announced; other processes learn of it by polling');
      });
    },
    onRevoked: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    isFresh: () => sources.every(isFresh),
    close: async () => {
      isClosed = true;
      clearTimeout(timer);
      unsubscribe();
      await polling;
    },
  };
}
