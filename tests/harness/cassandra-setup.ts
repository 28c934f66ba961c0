import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { noteStarter } from '#infrastructure/local/engines/abandoned.ts';
import { startCassandra } from '#infrastructure/local/engines/cassandra.ts';
import { ensureCassandra } from '#infrastructure/local/engines/fetch-cassandra.ts';
import { chosenPort } from '#infrastructure/local/processes/free-port.ts';
import { quietStep } from '#infrastructure/local/progress.ts';
import { cacheFolder } from '#infrastructure/local/storage/folders.ts';
import { openSession } from '#infrastructure/message-store/cassandra/session.ts';
import { prepareKeyspace } from '#infrastructure/message-store/cassandra/prepare-keyspace.ts';
import { TEST_LAYOUT } from './message-store.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** host:port, where a project keeps messages in Cassandra. */
    cassandra: string;
  }
}

/** A Cassandra node for the projects that keep messages there, gone with its data after the run. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const binary = await ensureCassandra(cacheFolder(process.env), quietStep());
  const dataDir = await mkdtemp(join(tmpdir(), 'tchat-test-cassandra-'));
  await noteStarter(dataDir);
  const port = await chosenPort(0);
  const node = await startCassandra(binary, { dataDir, port }, quietStep());
  const address = `127.0.0.1:${port}`;
  const stop = async () => {
    await node.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    await using session = await openSession({ contactPoints: [address], localDatacenter: 'datacenter1' });
    await prepareKeyspace(session, TEST_LAYOUT, { datacenter: 'datacenter1', replicas: 1 });
  } catch (error) {
    await stop();
    throw error;
  }
  project.provide('cassandra', address);
  return stop;
}
