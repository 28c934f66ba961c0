import { Pool } from 'pg';
import { type Bench, type Contender, kept } from '../bench.ts';
import { inOwnProcess } from '../child.ts';
import { bareInserts } from '../baselines/bare-inserts.ts';
import { CPU_FIGURE, type ProcessKinds } from '../sockets/cpu-meter.ts';
import { openStage } from '../sockets/stage.ts';
import type { ChatLoad, ChatMeasured, Pair } from './load.main.ts';
import { asRaw, openPairs } from './pairs.ts';

const PAIRS = 50;
const OUTSTANDING = 4;

const LOAD = new URL('./load.main.ts', import.meta.url);

/**
 * Durable chat messages a second over two nodes, next to raw Socket.IO + Redis that relays and stores nothing, and to
 * bare one-row inserts. 50 two-person dialogs, each person on a node of their own, 4 messages outstanding per dialog.
 */
export const chatBench: Bench = {
  name: 'chat',
  says: 'durable messages/s and ack latency, beside raw Socket.IO + Redis and bare inserts',
  prepare: async ({ warmUpMs, runMs }) => {
    await using resources = new AsyncDisposableStack();
    const stage = resources.use(await openStage({ RATE_LIMITS: 'relaxed' }));
    const { engines } = stage;
    const pairs = await openPairs(stage, PAIRS);
    const pool = resources.adopt(new Pool({ connectionString: engines.databaseUrl, max: 16 }), (open) => open.end());
    const rawPairs = pairs.map((pair) => asRaw(stage, pair));
    const load = { outstanding: OUTSTANDING, warmUpMs, runMs };
    const chat = (name: string, to: readonly Pair[], processes: ProcessKinds): Contender => ({
      name,
      run: () => inOwnProcess<ChatLoad, ChatMeasured>(LOAD, { ...load, pairs: to, processes }),
    });
    return {
      contenders: [
        chat('raw Socket.IO + Redis', rawPairs, stage.rawProcesses),
        chat('Tchat, durable', pairs, stage.processes),
        { name: 'bare inserts', run: () => bareInserts(pool, { lanes: PAIRS * OUTSTANDING, warmUpMs, runMs }) },
      ],
      comparisons: [
        { ours: 'Tchat, durable', baseline: 'raw Socket.IO + Redis', aim: '0.80, at least 0.70' },
        { ours: 'Tchat, durable', baseline: 'raw Socket.IO + Redis', figure: CPU_FIGURE, aim: 'under 1.25' },
        { ours: 'Tchat, durable', baseline: 'bare inserts' },
      ],
      ...kept(resources),
    };
  },
};
