import { Client, DatabaseError } from 'pg';
import { SECOND } from '#shared/time.ts';

/** A probe waits longer than one waits for it: a server that wakes answers it at once. */
const GIVEN_UP_AFTER_MS = 3 * SECOND;

/** Asks a server on a new connection whether it is there. A refusal is an answer too; that it listens is none. */
export async function probe(connectionString: string, applicationName: string): Promise<boolean> {
  const client = new Client({
    connectionString,
    application_name: `${applicationName}-probe`,
    connectionTimeoutMillis: GIVEN_UP_AFTER_MS,
    query_timeout: GIVEN_UP_AFTER_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch (error) {
    return isOfServer(error);
  } finally {
    // Not waited for: a server that is silent does not say goodbye.
    void client.end().catch(() => undefined);
  }
}

/** Whether a failure is what a server said; the system's and the driver's own failures are not. */
export function isOfServer(error: unknown): boolean {
  return error instanceof DatabaseError;
}
