import { chosenPort } from '#infrastructure/local/processes/free-port.ts';
import { type Cluster, startCluster } from '#tests/harness/cluster.ts';
import { environmentFor } from '#tests/harness/environment.ts';
import { seed, type SeededUser } from '#tests/harness/seed.ts';
import { kept } from '../bench.ts';
import { startChild } from '../child.ts';
import { type BenchEngines, benchEngines } from '../engines.ts';
import { engineProcesses, type ProcessKinds } from './cpu-meter.ts';

const RAW_NODE = new URL('../baselines/raw-socket-node.main.ts', import.meta.url);

/** A node of either kind: where it listens, and its process. */
export type Place = { readonly url: string; readonly pid: number };
/** A node that can be weighed, through the debugger that it opens at this port when it is told to. */
export type FreshPlace = Place & { readonly inspectPort: number };
/** One end of a conversation: to which node, and with what it introduces itself. */
export type Seat = { readonly url: string; readonly auth: Readonly<Record<string, string>> };

export type Stage = AsyncDisposable & {
  readonly engines: BenchEngines;
  readonly cluster: Cluster;
  /** Two realtime nodes of the cluster. */
  readonly nodes: readonly [Place, Place];
  /** Two nodes of raw Socket.IO that share the same Redis. */
  readonly rawNodes: readonly [Place, Place];
  /** The processes that chat over our nodes is made by, and over the raw ones. */
  readonly processes: ProcessKinds;
  readonly rawProcesses: ProcessKinds;
  /** One more raw node, that has done nothing yet; the caller ends it. */
  readonly freshRawNode: () => Promise<FreshPlace & AsyncDisposable>;
  /** The first node of ours, started again, so that it has done nothing yet. */
  readonly freshNode: () => Promise<FreshPlace>;
  readonly users: (count: number) => Promise<SeededUser[]>;
  /** The id of a dialog of these users, the first its owner: direct for two, a group for more. */
  readonly dialogOf: (users: readonly SeededUser[]) => Promise<string>;
};

/** What loads over sockets play on: engines of their own, two nodes of ours, and two that relay and store nothing. */
export async function openStage(settings: Readonly<Record<string, string>>): Promise<Stage> {
  await using resources = new AsyncDisposableStack();
  const engines = resources.use(await benchEngines());
  const ourInspectPort = await chosenPort(0);
  const environment = environmentFor(engines.urls, engines.databaseUrl, {
    LOG_LEVEL: 'error',
    NODE_OPTIONS: inspectAt(ourInspectPort),
    ...settings,
  });
  const cluster = resources.use(await startCluster(environment, ['sandbox', 'gateway', 'realtime-1', 'realtime-2']));
  const freshRawNode = async (): Promise<FreshPlace & AsyncDisposable> => {
    const [port, inspectPort] = [await chosenPort(0), await chosenPort(0)];
    const child = await startChild(RAW_NODE, [String(port), engines.urls.redis, 'raw'], [inspectAt(inspectPort)]);
    return Object.assign(child, { url: `http://127.0.0.1:${port}`, inspectPort });
  };
  const rawNodes = [resources.use(await freshRawNode()), resources.use(await freshRawNode())] as const;
  const [first, second] = cluster.realtimeUrls;
  const nodes = [
    { url: first, pid: cluster.pid('realtime-1') },
    { url: second, pid: cluster.pid('realtime-2') },
  ] as const;
  const servers = await engineProcesses(engines.urls);
  return {
    engines,
    cluster,
    nodes,
    rawNodes,
    processes: { nodes: nodes.map(({ pid }) => pid), ...servers },
    rawProcesses: { nodes: rawNodes.map(({ pid }) => pid), ...servers },
    freshRawNode,
    freshNode: async () => {
      await cluster.kill('realtime-1');
      await cluster.start('realtime-1');
      return { url: first, pid: cluster.pid('realtime-1'), inspectPort: ourInspectPort };
    },
    users: (count) => seed(cluster.env, { users: count }),
    dialogOf: (users) => openDialog(cluster.gatewayUrl, users),
    ...kept(resources),
  };
}

function inspectAt(port: number): string {
  return `--inspect-port=127.0.0.1:${port}`;
}

async function openDialog(gatewayUrl: string, users: readonly SeededUser[]): Promise<string> {
  const [owner, ...others] = users;
  const type = others.length === 1 ? { type: 'direct' } : { type: 'group', name: 'bench' };
  const response = await fetch(`${gatewayUrl}/api/v1/dialogs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${owner!.access_token}` },
    body: JSON.stringify({ ...type, participant_ids: others.map(({ user_id: id }) => id) }),
  });
  if (!response.ok) throw new Error(`a dialog could not be opened: ${await response.text()}`);
  return ((await response.json()) as { id: string }).id;
}
