import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noteStarter } from '#infrastructure/local/engines/abandoned.ts';
import { startCassandra } from '#infrastructure/local/engines/cassandra.ts';
import { ensureCassandra } from '#infrastructure/local/engines/fetch-cassandra.ts';
import { chosenPort } from '#infrastructure/local/processes/free-port.ts';
import { quietStep } from '#infrastructure/local/progress.ts';
import { cacheFolder } from '#infrastructure/local/storage/folders.ts';
import type { Layout } from '#infrastructure/message-store/cassandra/layout.ts';
import { prepareKeyspace } from '#infrastructure/message-store/cassandra/prepare-keyspace.ts';
import { type Session, openSession } from '#infrastructure/message-store/cassandra/session.ts';

export const DATACENTER = 'datacenter1';

export type ThrowawayCassandra = AsyncDisposable & {
  /** host:port */
  readonly address: string;
  readonly dataDir: string;
  session(): Promise<Session>;
  /** Kills the server where it stands, and starts it again on the same data. */
  killAndRestart(): Promise<void>;
  /** Stops it in good order, which writes everything to its data files. */
  stop(): Promise<void>;
};

/** A Cassandra node on a free port with a prepared keyspace, gone with its data when disposed of. */
export async function openThrowawayCassandra(layout: Pick<Layout, 'keyspace'>): Promise<ThrowawayCassandra> {
  const binary = await ensureCassandra(cacheFolder(process.env), quietStep());
  const dataDir = await mkdtemp(join(tmpdir(), 'tchat-test-cassandra-'));
  await noteStarter(dataDir);
  const port = await chosenPort(0);
  const start = () => startCassandra(binary, { dataDir, port }, quietStep());
  let node = await start();
  const address = `127.0.0.1:${port}`;
  const session = () => openSession({ contactPoints: [address], localDatacenter: DATACENTER });
  const dispose = async () => {
    await node.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    await using preparing = await session();
    await prepareKeyspace(preparing, layout, { datacenter: DATACENTER, replicas: 1 });
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    address,
    dataDir,
    session,
    killAndRestart: async () => {
      process.kill(node.pid, 'SIGKILL');
      await node.ended;
      node = await start();
    },
    stop: () => node.stop(),
    [Symbol.asyncDispose]: dispose,
  };
}
