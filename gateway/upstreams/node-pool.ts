import type { Log } from '#shared/log.ts';
import { SECOND } from '#shared/time.ts';
import { Breaker } from './breaker.ts';

const CHECK_EVERY_MS = 2 * SECOND;
const CHECK_WITHIN_MS = SECOND;

/** One process that serves what this one does not. */
export type UpstreamNode = {
  readonly url: URL;
  /** Where to connect: an IPv6 address without its brackets, and the port that the scheme means when none is written. */
  readonly at: { readonly host: string; readonly port: number; readonly secure: boolean };
  readonly breaker: Breaker;
};

export type NodePool = {
  /**
   * The next node to ask, round robin over those that say they are ready. When none does, those that are merely not
   * broken are tried: a node whose engine is away can still answer much, and says so itself where it cannot.
   *
   * @param tried nodes that failed this very request already
   */
  next(tried?: ReadonlySet<UpstreamNode>): UpstreamNode | undefined;
  /** Whether a node says that it is ready; unknown nodes count until the first check is back. */
  readonly ready: boolean;
  close(): void;
};

/** Nodes that do the same, and how they are, asked every two seconds at `/health/ready`. */
export function makeNodePool(name: string, urls: readonly string[], log: Log): NodePool {
  const nodes = urls.map((url) => ({ ...nodeAt(new URL(url)), ready: true }));
  const closed = new AbortController();
  let turn = 0;

  async function check(node: (typeof nodes)[number]): Promise<void> {
    const signal = AbortSignal.any([closed.signal, AbortSignal.timeout(CHECK_WITHIN_MS)]);
    const ready = await fetch(new URL('/health/ready', node.url), { signal, redirect: 'error' }).then(
      async (response) => {
        await response.body?.cancel();
        return response.ok;
      },
      () => false,
    );
    if (closed.signal.aborted) return;
    if (ready !== node.ready) log.warn({ upstream: name, url: node.url.origin, ready }, 'an upstream changed');
    node.ready = ready;
  }

  const checkAll = (): void => void Promise.all(nodes.map(check));
  const timer = setInterval(checkAll, CHECK_EVERY_MS).unref();
  checkAll();

  return {
    next(tried) {
      turn = (turn + 1) % nodes.length;
      const inTurn = [...nodes.slice(turn), ...nodes.slice(0, turn)].filter((node) => !tried?.has(node));
      const ready = inTurn.filter((node) => node.ready);
      return [...ready, ...inTurn.filter((node) => !node.ready)].find(({ breaker }) => breaker.admits());
    },
    get ready() {
      return nodes.some((node) => node.ready);
    },
    close: () => {
      closed.abort();
      clearInterval(timer);
    },
  };
}

function nodeAt(url: URL): UpstreamNode {
  const secure = url.protocol === 'https:';
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  return { url, at: { host: url.hostname.replaceAll(/[[\]]/g, ''), port, secure }, breaker: new Breaker() };
}
