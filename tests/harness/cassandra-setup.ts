import type { TestProject } from 'vitest/node';
import { TEST_LAYOUT } from './message-store.ts';
import { openThrowawayCassandra } from './throwaway-cassandra.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** host:port, where a project keeps messages in Cassandra. */
    cassandra: string;
  }
}

/** A Cassandra node for the projects that keep messages there. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cassandra = await openThrowawayCassandra(TEST_LAYOUT);
  project.provide('cassandra', cassandra.address);
  return async () => await cassandra[Symbol.asyncDispose]();
}
