import { backlog, bookFaults } from '#tests/chaos/books.ts';
import { until } from '#tests/chaos/patience.ts';
import { foundTown, type Town } from '#tests/chaos/town.ts';
import { type Cluster, type RoleName, startCluster } from '#tests/harness/cluster.ts';
import { testEnvironment } from '#tests/harness/config.ts';
import { type FreshDatabase, freshDatabase } from '#tests/harness/database.ts';

export type Stage = {
  readonly cluster: Cluster;
  readonly town: Town;
  readonly db: FreshDatabase;
  /** What is wrong with the books once every event has been handled; nothing, if all is well. */
  bookFaults(): Promise<string[]>;
  [Symbol.asyncDispose](): Promise<void>;
};

type StageOptions = {
  readonly settings?: Readonly<Record<string, string>>;
  /** All of them when not said. */
  readonly roles?: readonly RoleName[];
  /** A Postgres of the test's own, as the superuser, with roles and template. */
  readonly postgres?: string;
};

/** A cluster of processes on a database of its own, and a town to populate. */
export async function openStage({ settings = {}, roles, postgres }: StageOptions = {}): Promise<Stage> {
  const opening = new AsyncDisposableStack();
  try {
    const db = opening.use(await freshDatabase(postgres));
    const environment = testEnvironment(db.url, { RATE_LIMITS: 'relaxed', ...settings });
    const cluster = opening.use(await startCluster(environment, roles));
    const town = opening.use(foundTown(cluster, db.databases));
    return {
      cluster,
      town,
      db,
      bookFaults: async () => {
        await until('every event is handled', async () => (await backlog(db.database)) === 0);
        return await bookFaults(db.database);
      },
      [Symbol.asyncDispose]: () => opening.disposeAsync(),
    };
  } catch (error) {
    await opening.disposeAsync();
    throw error;
  }
}
