import { type CustomTypesConfig, Pool, type PoolClient, types as builtIn } from 'pg';
import { AppError } from '#shared/errors.ts';
import type { Database, Statement, Tx } from '#shared/sql.ts';
import { SECOND } from '#shared/time.ts';
import { AnswerWatch } from './answer-watch.ts';
import { type Listener, listen } from './listen.ts';
import { isOfServer, probe } from './probe.ts';

/** A statement that runs longer is cancelled by the server; money and chat statements take milliseconds. */
const STATEMENT_TIMEOUT_MS = 10 * SECOND;
/**
 * The server has cancelled a statement by then, so whoever hears nothing will hear nothing: the connection is dead. A
 * server of which nothing is heard on any connection is noticed sooner, by the watch.
 */
const ANSWER_WITHIN_MS = STATEMENT_TIMEOUT_MS + 2 * SECOND;
/** A transaction that waits longer for its own process has lost it. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 15 * SECOND;
const CONNECT_TIMEOUT_MS = 3 * SECOND;
/** Tries of one transaction; each conflict was with one that committed, so five are plenty. */
const TRANSACTION_TRIES_MAX = 5;

const SERIALIZATION_FAILURE = '40001';
const DEADLOCK_DETECTED = '40P01';
/** pg_type's oid of int8. */
const INT8_OID = 20;

type ParserOf = (oid: number, format?: 'text' | 'binary') => (text: string) => unknown;

/** Columns as the stores expect them: int8 as bigint, and the driver's own reading of everything else. */
const types: CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === INT8_OID ? BigInt : (builtIn.getTypeParser as ParserOf)(oid, format),
};

export type OpenDatabase = Database & {
  /** Hears the notices of a channel; see {@link listen}. It is closed before the database. */
  listen(channel: string, hear: (notice: string | undefined) => void): Listener;
  /** Settles when a connection answers; for readiness. */
  ping(): Promise<void>;
  close(): Promise<void>;
};

export type DatabaseOptions = {
  readonly url: string;
  readonly poolMax: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  /** After this a statement counts as lost with its connection. */
  readonly answerWithinMs?: number;
};

/** Opens a pool of connections to one database. Nothing is connected until the first statement. */
export function openDatabase(options: DatabaseOptions): OpenDatabase {
  const pool = new Pool({
    connectionString: options.url,
    max: options.poolMax,
    application_name: options.applicationName,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: options.answerWithinMs ?? ANSWER_WITHIN_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    keepAlive: true,
    types,
  });
  const watch = new AnswerWatch(() => probe(options.url, options.applicationName));
  const run = <Row extends object>(on: Pool | PoolClient, query: Statement, values: readonly unknown[]) =>
    watch.ask(() => runOn<Row>(on, query, values), isOfServer);
  // An idle connection that dies is replaced by the pool at the next use; without a listener it would end the process.
  pool.on('error', () => undefined);

  async function rows<Row extends object>(query: Statement, values: readonly unknown[] = []): Promise<Row[]> {
    return await run<Row>(pool, query, values);
  }

  async function attempt<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    watch.refuseWhileSilent();
    const client = await pool.connect().catch((error: unknown) => {
      throw unavailable(error);
    });
    // A connection that breaks while it is lent out reports it here as well as in the statement under way.
    let broken: Error | undefined;
    const onError = (error: Error) => (broken = error);
    client.on('error', onError);
    const ask = <Row extends object>(query: Statement, values: readonly unknown[] = []): Promise<Row[]> =>
      run<Row>(client, query, values).catch((error: unknown) => {
        if (error instanceof AppError) broken = error;
        throw error;
      });
    try {
      await ask(BEGIN);
      const result = await work({ inTransaction: true, rows: ask });
      await ask(COMMIT);
      return result;
    } catch (error) {
      // With a broken connection the server takes the transaction back by itself, and would not hear of it from us.
      if (broken === undefined) await client.query('ROLLBACK').catch((failure: Error) => (broken = failure));
      throw error;
    } finally {
      client.off('error', onError);
      client.release(broken);
    }
  }

  async function transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await attempt(work);
      } catch (error) {
        if (!isConflict(error) || tries === TRANSACTION_TRIES_MAX) throw error;
      }
    }
  }

  return {
    rows,
    transaction,
    listen: (channel, hear) => listen({ url: options.url, applicationName: options.applicationName, channel, hear }),
    ping: async () => void (await run(pool, PING, [])),
    close: async () => {
      watch.close();
      await pool.end();
    },
  };
}

const BEGIN: Statement = { name: '', text: 'BEGIN' };
const COMMIT: Statement = { name: '', text: 'COMMIT' };
const PING: Statement = { name: 'ping', text: 'SELECT 1' };

async function runOn<Row extends object>(
  on: Pool | PoolClient,
  query: Statement,
  values: readonly unknown[],
): Promise<Row[]> {
  try {
    const named = query.name === '' ? { text: query.text } : { name: query.name, text: query.text };
    const result = await on.query<Row>({ ...named, values: values as unknown[] });
    return result.rows;
  } catch (error) {
    throw isUnavailable(error) ? unavailable(error) : error;
  }
}

function isConflict(error: unknown): boolean {
  const code = codeOf(error);
  return code === SERIALIZATION_FAILURE || code === DEADLOCK_DETECTED;
}

/** Classes 08 (connection), 53 (resources) and 57P (the server is going or coming), and the driver's own words for them. */
function isUnavailable(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== undefined) return /^(08|53|57P)/.test(code) || /^E[A-Z]+$/.test(code);
  return error instanceof Error && /connection|timeout/i.test(error.message);
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function unavailable(cause: unknown): AppError {
  return new AppError('UPSTREAM_UNAVAILABLE', { message: 'The database cannot be reached', retryAfterS: 1, cause });
}
