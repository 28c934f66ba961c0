import { type Layout, tables } from './layout.ts';
import type { Session } from './session.ts';

export type Replication = { readonly datacenter: string; readonly replicas: number };

/**
 * Makes the keyspace and its tables where they are not there yet. Run by one process at a time, as migrations are:
 * Cassandra does not bear two that make the same table at once.
 */
export async function prepareKeyspace(
  session: Session,
  { keyspace }: Pick<Layout, 'keyspace'>,
  { datacenter, replicas }: Replication,
): Promise<void> {
  await session.define(
    `CREATE KEYSPACE IF NOT EXISTS ${keyspace}
     WITH replication = {'class': 'NetworkTopologyStrategy', '${datacenter}': ${replicas}}`,
  );
  for (const table of tables({ keyspace })) await session.define(table);
}
