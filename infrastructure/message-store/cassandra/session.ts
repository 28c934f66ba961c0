import type { ConnectionOptions } from 'node:tls';
import { Client, type QueryOptions, errors, policies, types } from 'cassandra-driver';
import { AppError } from '#shared/errors.ts';
import { SECOND } from '#shared/time.ts';

/** A statement with its values; prepared once per node. */
export type Statement = { readonly query: string; readonly params: readonly unknown[] };

/** What became of a conditional batch: applied as a whole, or not, and then what was found instead. */
export type Decision<Row> = { readonly applied: true } | { readonly applied: false; readonly found: readonly Row[] };

/** How the log speaks to Cassandra. Times out, and never repeats a conditional batch. */
export interface Session extends AsyncDisposable {
  /**
   * Reads. `quorum` sees everything that was answered; `serial` also first brings to an end what is undecided, so that
   * what it does not see will never be.
   */
  rows<Row>(statement: Statement, consistency?: 'quorum' | 'serial'): Promise<Row[]>;
  /** Plain writes of one partition. They are repeated when their outcome is unknown. */
  write(statements: readonly Statement[]): Promise<void>;
  /**
   * One conditional batch in one partition.
   * @throws {AppError} UPSTREAM_UNAVAILABLE when its outcome is unknown: it may be applied, now or later.
   */
  decide<Row>(statements: readonly Statement[]): Promise<Decision<Row>>;
  /** Makes a keyspace or a table, and waits until every node knows it. */
  define(query: string): Promise<void>;
  ping(): Promise<void>;
}

export type SessionOptions = {
  /** host or host:port each. */
  readonly contactPoints: readonly string[];
  readonly localDatacenter: string;
  /** Absent where the nodes ask for none. */
  readonly credentials?: { readonly username: string; readonly password: string };
  /** Absent where connections are in clear. */
  readonly tls?: Tls;
};

export type Tls = {
  /** Authorities in PEM; those that Node knows when absent. */
  readonly ca?: string;
  /** Whether a certificate must also name the address that it is shown at. */
  readonly isAddressChecked: boolean;
};

/** The server gives up a contended conditional batch after 5 s, and others after 2. */
const ANSWER_WITHIN_MS = 8 * SECOND;
/** The nodes agree on a new table among themselves first. */
const DEFINED_WITHIN_MS = 60 * SECOND;
const CONNECT_WITHIN_MS = 5 * SECOND;
/** A node that was away is tried again this often. */
const RECONNECT_EVERY_MS = SECOND;
/** Rows in one page of an answer: a whole bucket's messages come in a few. */
const PAGE_ROWS = 1_000;

const { localQuorum, localSerial } = types.consistencies;

/** Opens connections to the nodes of the local datacenter. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const client = new Client({
    contactPoints: [...options.contactPoints],
    localDataCenter: options.localDatacenter,
    ...(options.credentials !== undefined && { credentials: options.credentials }),
    ...(options.tls !== undefined && { sslOptions: sslOptionsOf(options.tls) }),
    encoding: { useBigIntAsLong: true },
    socketOptions: { readTimeout: ANSWER_WITHIN_MS, connectTimeout: CONNECT_WITHIN_MS },
    policies: { reconnection: new policies.reconnection.ConstantReconnectionPolicy(RECONNECT_EVERY_MS) },
  });
  await attempt(() => client.connect());

  const safe: QueryOptions = { prepare: true, consistency: localQuorum, isIdempotent: true };
  const conditional: QueryOptions = {
    prepare: true,
    logged: false,
    consistency: localQuorum,
    serialConsistency: localSerial,
    isIdempotent: false,
    retry: new policies.retry.FallthroughRetryPolicy(),
  };

  async function rows<Row>({ query, params }: Statement, consistency: 'quorum' | 'serial' = 'quorum'): Promise<Row[]> {
    const how = { ...safe, fetchSize: PAGE_ROWS, ...(consistency === 'serial' && { consistency: localSerial }) };
    const all: Row[] = [];
    let pageState: string | undefined;
    do {
      const options = pageState === undefined ? how : { ...how, pageState };
      const page = await attempt(() => client.execute(query, [...params], options));
      all.push(...(page.rows as unknown as Row[]));
      pageState = page.pageState;
    } while (pageState);
    return all;
  }

  return {
    rows,
    write: async (statements) => {
      const batch = statements.map(({ query, params }) => ({ query, params: [...params] }));
      await attempt(() => client.batch(batch, { ...safe, logged: false }));
    },
    decide: async <Row>(statements: readonly Statement[]): Promise<Decision<Row>> => {
      const batch = statements.map(({ query, params }) => ({ query, params: [...params] }));
      const answer = await attempt(() => client.batch(batch, conditional));
      return answer.wasApplied() ? { applied: true } : { applied: false, found: answer.rows as unknown as Row[] };
    },
    define: async (query) =>
      void (await attempt(() => client.execute(query, [], { isIdempotent: true, readTimeout: DEFINED_WITHIN_MS }))),
    ping: async () => void (await rows({ query: 'SELECT key FROM system.local', params: [] })),
    [Symbol.asyncDispose]: () => client.shutdown(),
  };
}

function sslOptionsOf({ ca, isAddressChecked }: Tls): ConnectionOptions {
  return {
    rejectUnauthorized: true,
    ...(ca !== undefined && { ca }),
    ...(!isAddressChecked && { checkServerIdentity: () => undefined }),
  };
}

/** What the server says when a query is at fault rather than its own state: trying again would not help. */
const AT_FAULT: ReadonlySet<number> = new Set([
  types.responseErrorCodes.syntaxError,
  types.responseErrorCodes.unauthorized,
  types.responseErrorCodes.invalid,
  types.responseErrorCodes.configError,
]);

async function attempt<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof errors.ResponseError && AT_FAULT.has(error.code)) throw error;
    // What is no answer is an error of a connection: timed out, refused, reset.
    if (error instanceof errors.DriverError || (error instanceof Error && 'code' in error)) {
      throw new AppError('UPSTREAM_UNAVAILABLE', { cause: error });
    }
    throw error;
  }
}
