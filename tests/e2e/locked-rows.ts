import { Client } from 'pg';
import { onTestFinished } from 'vitest';
import { until } from '#tests/chaos/patience.ts';

/** Rows that a test keeps locked, so that whoever wants them stands still where the test wants to kill it. */
export type LockedRows = {
  /** Settles when someone waits for them. */
  wanted(): Promise<void>;
  /** Lets them go. */
  release(): Promise<void>;
};

/** Locks the rows that a `SELECT … FOR UPDATE` names, until they are released or the test ends. */
export async function lockRows(url: string, select: string, values: readonly unknown[]): Promise<LockedRows> {
  const client = new Client({ connectionString: url });
  // A server that is taken away takes its locks with it.
  client.on('error', () => undefined);
  await client.connect();
  const release = (): Promise<void> => client.end();
  onTestFinished(release);
  await client.query('BEGIN');
  const { rowCount } = await client.query(select, values as unknown[]);
  if (rowCount === 0) throw new Error(`there is nothing to lock: ${select}`);
  return {
    wanted: async () =>
      void (await until('someone waits for the locked rows', async () => {
        const { rows } = await client.query<{ waiting: boolean }>(WAITING);
        return rows[0]?.waiting;
      })),
    release,
  };
}

const WAITING = `SELECT EXISTS (
  SELECT FROM pg_locks AS wish WHERE NOT wish.granted AND pg_backend_pid() = ANY (pg_blocking_pids(wish.pid))
) AS waiting`;
