import { type Bench, type Contender, kept } from '../bench.ts';
import { inOwnProcess } from '../child.ts';
import type { Measured } from '../measure.ts';
import { openStage } from '../sockets/stage.ts';
import type { FanOutLoad } from './load.main.ts';

const MEMBERS = 100;
const OUTSTANDING = 16;
/** The knee of raw Socket.IO: beyond it messages queue, and their latency is that of the queue. */
const OFFERED_DELIVERIES_PER_SECOND = 75_000;
const LOAD = new URL('./load.main.ts', import.meta.url);

/**
 * Deliveries a second in one hot dialog of 100 members over two nodes, as many as there can be; and how long those on the
 * other node wait when 75,000 are offered.
 */
export const fanOutBench: Bench = {
  name: 'fanout',
  says: 'deliveries/s in one hot dialog of 100 members, and cross-node latency at 75,000/s (aim: p99 under 30 ms)',
  prepare: async ({ warmUpMs, runMs, clients = MEMBERS }) => {
    await using resources = new AsyncDisposableStack();
    const stage = resources.use(await openStage({ RATE_LIMITS: 'relaxed' }));
    const users = await stage.users(clients);
    const dialogId = await stage.dialogOf(users);
    const load = { dialogId, outstanding: OUTSTANDING, warmUpMs, runMs };
    const contender = (name: string, more: Pick<FanOutLoad, 'seats' | 'offered'>): Contender => ({
      name,
      run: () => inOwnProcess<FanOutLoad, Measured>(LOAD, { ...load, ...more }),
    });
    const at = (nodes: typeof stage.nodes, index: number) => nodes[index % 2]!.url;
    const raw = users.map((_, index) => ({ url: at(stage.rawNodes, index), auth: { dialog_id: dialogId } }));
    const ours = users.map(({ access_token: token }, index) => ({ url: at(stage.nodes, index), auth: { token } }));
    const offered = OFFERED_DELIVERIES_PER_SECOND / clients;
    return {
      contenders: [
        contender('raw Socket.IO + Redis', { seats: raw }),
        contender('Tchat, durable', { seats: ours }),
        contender('raw Socket.IO + Redis, 75,000/s offered', { seats: raw, offered }),
        contender('Tchat, durable, 75,000/s offered', { seats: ours, offered }),
      ],
      comparisons: [{ ours: 'Tchat, durable', baseline: 'raw Socket.IO + Redis' }],
      ...kept(resources),
    };
  },
};
