import { AppError } from '#shared/errors.ts';
import type { Region } from '#shared/regions.ts';
import type { Database, Databases, Statement, Tx } from '#shared/sql.ts';

/** What happens to a transaction: nothing, the connection is lost before it commits, or its answer is lost after. */
export type Fault = 'none' | 'before' | 'after';

/** Statements that are a transaction by themselves. */
const WRITES: ReadonlySet<string> = new Set(['messaging.append', 'messaging.follow-log']);

/** Databases whose transactions meet the given faults, one each, in order; after the last one they meet none. */
export class FaultyDatabases implements Databases {
  readonly all: readonly Database[];
  /** Transactions that failed by themselves, for no fault of the plan. */
  readonly failures: unknown[] = [];
  readonly #of: Databases['of'];

  constructor(databases: Databases, faults: readonly Fault[]) {
    const plan = [...faults];
    const faulty = new Map(
      databases.all.map((database) => [database, this.#withFaults(database, () => plan.shift() ?? 'none')]),
    );
    this.all = [...faulty.values()];
    this.#of = (region) => faulty.get(databases.of(region))!;
  }

  of(region: Region): Database {
    return this.#of(region);
  }

  #withFaults(database: Database, next: () => Fault): Database {
    return {
      rows: async <Row extends object>(query: Statement, values?: readonly unknown[]) => {
        if (!WRITES.has(query.name)) return await database.rows<Row>(query, values);
        const fault = next();
        if (fault === 'before') throw new AppError('UPSTREAM_UNAVAILABLE');
        const rows = await database.rows<Row>(query, values).catch((error: unknown) => {
          this.failures.push(error);
          throw error;
        });
        if (fault === 'after') throw new AppError('UPSTREAM_UNAVAILABLE');
        return rows;
      },
      transaction: async (work) => {
        const fault = next();
        const lost = new AppError('UPSTREAM_UNAVAILABLE');
        const planned = async (tx: Tx) => {
          const done = await work(tx);
          if (fault === 'before') throw lost;
          return done;
        };
        const result = await database.transaction(planned).catch((error: unknown) => {
          if (error !== lost) this.failures.push(error);
          throw error;
        });
        if (fault === 'after') throw lost;
        return result;
      },
    };
  }
}
