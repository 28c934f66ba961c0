import { type Bench, type Contender, kept } from '../bench.ts';
import { inOwnProcess } from '../child.ts';
import type { Measured } from '../measure.ts';
import { openStage, type Seat } from '../sockets/stage.ts';
import type { FanOutLoad } from './load.main.ts';

const MEMBERS = 100;
const OUTSTANDING = 16;
const LOAD = new URL('./load.main.ts', import.meta.url);

/** Deliveries a second in one hot dialog of 100 members over two nodes, and how long those on the other node wait. */
export const fanOutBench: Bench = {
  name: 'fanout',
  says: 'deliveries/s in one hot dialog of 100 members over two nodes, and cross-node latency, beside raw Socket.IO',
  prepare: async ({ warmUpMs, runMs, clients = MEMBERS }) => {
    await using resources = new AsyncDisposableStack();
    const stage = resources.use(await openStage({ RATE_LIMITS: 'relaxed' }));
    const users = await stage.users(clients);
    const dialogId = await stage.dialogOf(users);
    const load = { dialogId, outstanding: OUTSTANDING, warmUpMs, runMs };
    const contender = (name: string, seats: readonly Seat[]): Contender => ({
      name,
      run: () => inOwnProcess<FanOutLoad, Measured>(LOAD, { ...load, seats }),
    });
    const at = (nodes: typeof stage.nodes, index: number) => nodes[index % 2]!.url;
    const raw = users.map((_, index) => ({ url: at(stage.rawNodes, index), auth: { dialog_id: dialogId } }));
    const ours = users.map(({ access_token: token }, index) => ({ url: at(stage.nodes, index), auth: { token } }));
    return {
      contenders: [contender('raw Socket.IO + Redis', raw), contender('Tchat, durable', ours)],
      comparisons: [{ ours: 'Tchat, durable', baseline: 'raw Socket.IO + Redis' }],
      ...kept(resources),
    };
  },
};
