import { Pool } from 'pg';
import { chosenPort } from '#infrastructure/local/processes/free-port.ts';
import { startCluster } from '#tests/harness/cluster.ts';
import { environmentFor } from '#tests/harness/environment.ts';
import { seed } from '#tests/harness/seed.ts';
import { type Bench, type Contender, kept } from '../bench.ts';
import { inOwnProcess, startChild } from '../child.ts';
import { benchEngines } from '../engines.ts';
import { bareInserts } from '../baselines/bare-inserts.ts';
import type { ChatLoad, ChatMeasured, Pair } from './load.main.ts';

const PAIRS = 50;
const OUTSTANDING = 4;
const SEED_DIALOG = '/api/v1/dialogs';

const LOAD = new URL('./load.main.ts', import.meta.url);
const RAW_NODE = new URL('../baselines/raw-socket-node.main.ts', import.meta.url);

/**
 * Durable chat messages a second over two nodes, next to raw Socket.IO + Redis that relays and stores nothing, and to
 * bare one-row inserts. 50 two-person dialogs, each person on a node of their own, 4 messages outstanding per dialog.
 */
export const chatBench: Bench = {
  name: 'chat',
  says: 'durable messages/s and ack latency, beside raw Socket.IO + Redis and bare inserts',
  prepare: async ({ warmUpMs, runMs }) => {
    await using resources = new AsyncDisposableStack();
    const engines = resources.use(await benchEngines());
    const cluster = resources.use(
      await startCluster(
        environmentFor(engines.urls, engines.databaseUrl, { RATE_LIMITS: 'relaxed', LOG_LEVEL: 'error' }),
      ),
    );
    const pairs = await openPairs(cluster);
    const rawPorts = [await chosenPort(0), await chosenPort(0)] as const;
    for (const port of rawPorts) {
      resources.use(await startChild(RAW_NODE, [String(port), engines.urls.redis, 'raw']));
    }
    const pool = resources.adopt(new Pool({ connectionString: engines.databaseUrl, max: 16 }), (open) => open.end());
    const rawPairs = pairs.map(({ dialogId }) => ({
      dialogId,
      people: rawPorts.map((port) => ({ url: `http://127.0.0.1:${port}`, auth: { dialog_id: dialogId } })),
    }));
    const chat = (name: string, to: readonly Pair[]): Contender => ({
      name,
      run: () => inOwnProcess<ChatLoad, ChatMeasured>(LOAD, { pairs: to, outstanding: OUTSTANDING, warmUpMs, runMs }),
    });
    return {
      contenders: [
        chat('raw Socket.IO + Redis', rawPairs),
        chat('Tchat, durable', pairs),
        { name: 'bare inserts', run: () => bareInserts(pool, { lanes: PAIRS * OUTSTANDING, warmUpMs, runMs }) },
      ],
      comparisons: [
        { ours: 'Tchat, durable', baseline: 'raw Socket.IO + Redis', aim: 'at least 0.50' },
        { ours: 'Tchat, durable', baseline: 'bare inserts' },
      ],
      ...kept(resources),
    };
  },
};

type Places = {
  readonly gatewayUrl: string;
  readonly realtimeUrls: readonly [string, string];
  readonly env: Readonly<Record<string, string>>;
};

async function openPairs({ gatewayUrl, realtimeUrls, env }: Places): Promise<Pair[]> {
  const users = await seed(env, { users: PAIRS * 2 });
  return await Promise.all(
    Array.from({ length: PAIRS }, async (_, index) => {
      const people = users.slice(index * 2, index * 2 + 2);
      const response = await fetch(gatewayUrl + SEED_DIALOG, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${people[0]!.access_token}` },
        body: JSON.stringify({ type: 'direct', participant_ids: [people[1]!.user_id] }),
      });
      if (!response.ok) throw new Error(`a dialog could not be opened: ${await response.text()}`);
      const { id } = (await response.json()) as { id: string };
      return {
        dialogId: id,
        people: people.map(({ access_token }, node) => ({ url: realtimeUrls[node]!, auth: { token: access_token } })),
      };
    }),
  );
}
