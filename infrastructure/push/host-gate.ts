import { SECOND } from '#shared/time.ts';

/** Calls at a time to a host that answers soon: fewer than a sender has hands, so that others always find some free. */
const PROVEN_MAX = 12;
/** Calls at a time to one host that has yet to show that it answers soon, and to all such hosts together. */
const UNPROVEN_MAX = 2;
const ALL_UNPROVEN_MAX = 4;
/** An answer within this is soon. */
const SOON_MS = 2 * SECOND;
/** How long a call waits for its turn. */
const WAIT_MS = SECOND;
/** After so many late or missing answers in a row a host is left alone for a while. */
const LATE_MAX = 3;
const LEFT_ALONE_MS = 30 * SECOND;
/** Hosts remembered; those that nobody waits for are forgotten beyond it, the longest known first. */
const HOSTS_MAX = 1_000;

type Host = { underWay: number; isProven: boolean; late: number; leftAloneUntil: number };
/** Of a call under way. */
type Place = { readonly host: Host; readonly isTrial: boolean };

export type HostGate = {
  /** Calls a host when it is its turn. Undefined, with nothing called, when it does not come to its turn soon. */
  through<Answer>(host: string, call: () => Promise<Answer>): Promise<Answer | undefined>;
};

/**
 * Keeps hosts that anybody may have named, and that answer late or never, from taking all the hands of whoever calls.
 *
 * @param now milliseconds that never go back
 */
export function makeHostGate(now: () => number = () => performance.now(), waitMs = WAIT_MS): HostGate {
  const hosts = new Map<string, Host>();
  let unproven = 0;
  const waiting = new Set<() => void>();

  function known(name: string): Host {
    const before = hosts.get(name);
    if (before !== undefined) return before;
    for (const [other, { underWay }] of hosts) {
      if (hosts.size < HOSTS_MAX) break;
      if (underWay === 0) hosts.delete(other);
    }
    const host = { underWay: 0, isProven: false, late: 0, leftAloneUntil: 0 };
    hosts.set(name, host);
    return host;
  }

  function hasRoom({ isProven, underWay }: Host): boolean {
    return isProven ? underWay < PROVEN_MAX : underWay < UNPROVEN_MAX && unproven < ALL_UNPROVEN_MAX;
  }

  /** Takes a place, at once with the look for it; undefined when there is none in time. */
  async function takePlace(name: string): Promise<Place | undefined> {
    const until = now() + waitMs;
    for (;;) {
      const host = known(name);
      if (host.leftAloneUntil > now()) return undefined;
      if (hasRoom(host)) {
        const isTrial = !host.isProven;
        host.underWay += 1;
        if (isTrial) unproven += 1;
        return { host, isTrial };
      }
      const leftMs = until - now();
      if (leftMs <= 0) return undefined;
      await change(leftMs);
    }
  }

  /** Until a call has ended, or for so long. */
  async function change(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    waiting.add(resolve);
    await promise;
    clearTimeout(timer);
    waiting.delete(resolve);
  }

  function note(host: Host, isSoon: boolean): void {
    host.isProven = isSoon;
    host.late = isSoon ? 0 : host.late + 1;
    if (host.late >= LATE_MAX) host.leftAloneUntil = now() + LEFT_ALONE_MS;
  }

  return {
    through: async (name, call) => {
      const place = await takePlace(name);
      if (place === undefined) return undefined;
      const { host, isTrial } = place;
      const began = now();
      try {
        const answer = await call();
        note(host, now() - began <= SOON_MS);
        return answer;
      } catch (failure) {
        note(host, false);
        throw failure;
      } finally {
        host.underWay -= 1;
        if (isTrial) unproven -= 1;
        for (const wake of waiting) wake();
      }
    },
  };
}
