import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { pauseAfter, type BackOff } from '#infrastructure/events/back-off.ts';
import { SECOND } from '#shared/time.ts';

const CONNECT_TIMEOUT_MS = 3 * SECOND;
/** How often a connection that has nothing to say is asked whether it is still there, and how long it has to answer. */
const ASK_EVERY_MS = 20 * SECOND;
const ANSWER_WITHIN_MS = 5 * SECOND;
const BACK_OFF: BackOff = { firstMs: 100, mostMs: 5 * SECOND };

export type Listener = { close(): Promise<void> };

type ListenOptions = {
  readonly url: string;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  /** A plain identifier. */
  readonly channel: string;
  /** Told what each notice says; undefined once listening has begun, or begun again: some may have been missed before. */
  readonly hear: (notice: string | undefined) => void;
};

/**
 * Hears the notices of a channel, on a connection of its own that is made again when it breaks. Notices may be missed, so
 * they only say when to look.
 */
export function listen({ url, applicationName, channel, hear }: ListenOptions): Listener {
  const closing = new AbortController();
  let failures = 0;

  async function listenOnce(): Promise<void> {
    const client = new Client({
      connectionString: url,
      application_name: `${applicationName}-listener`,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: ANSWER_WITHIN_MS,
      keepAlive: true,
    });
    const { promise: over, resolve: end } = Promise.withResolvers<void>();
    client.on('error', () => end());
    client.on('end', () => end());
    client.on('notification', ({ payload }) => hear(payload ?? ''));
    closing.signal.addEventListener('abort', () => end(), { once: true });
    const asking = setInterval(() => void client.query('SELECT 1').catch(() => end()), ASK_EVERY_MS);
    try {
      await client.connect();
      await client.query(`LISTEN ${client.escapeIdentifier(channel)}`);
      failures = 0;
      hear(undefined);
      if (!closing.signal.aborted) await over;
    } finally {
      clearInterval(asking);
      // Not waited for: a server that is silent does not say goodbye.
      void client.end().catch(() => undefined);
    }
  }

  async function keepListening(): Promise<void> {
    while (!closing.signal.aborted) {
      await listenOnce().catch(() => undefined);
      failures += 1;
      await sleep(pauseAfter(failures, BACK_OFF), undefined, { signal: closing.signal }).catch(() => undefined);
    }
  }

  const listening = keepListening();
  return {
    close: async () => {
      closing.abort();
      await listening;
    },
  };
}
