import { type Bench, kept } from '../bench.ts';
import { inOwnProcess } from '../child.ts';
import type { Measured } from '../measure.ts';
import { openStage, type FreshPlace, type Seat } from '../sockets/stage.ts';
import { BYTES_FIGURE, UNCOLLECTED_FIGURE } from './figures.ts';
import type { IdleLoad } from './load.main.ts';

const CONNECTIONS = 10_000;
/** The most that one user may have. */
const SOCKETS_PER_USER = 5;
const LOAD = new URL('./load.main.ts', import.meta.url);

/** What a connection costs that does nothing: memory of its node, and the rate at which connections come. */
export const idleBench: Bench = {
  name: 'idle',
  says: 'memory a connection and connects/s with 10,000 idle connections on one node, beside raw Socket.IO',
  prepare: async ({ clients = CONNECTIONS }) => {
    await using resources = new AsyncDisposableStack();
    const stage = resources.use(await openStage({ RATE_LIMITS: 'relaxed' }));
    const users = await stage.users(Math.ceil(clients / SOCKETS_PER_USER));
    const measure = (place: FreshPlace, auth: (index: number) => Seat['auth']): Promise<Measured> => {
      const seats = Array.from({ length: clients }, (_, index) => ({ url: place.url, auth: auth(index) }));
      return inOwnProcess<IdleLoad, Measured>(LOAD, { pid: place.pid, inspectPort: place.inspectPort, seats });
    };
    return {
      // Each time a fresh process: one that had as many connections before has the memory already.
      contenders: [
        {
          name: 'raw Socket.IO',
          run: async () => {
            await using node = await stage.freshRawNode();
            return await measure(node, (index) => ({ dialog_id: String(index) }));
          },
        },
        {
          name: 'Tchat',
          run: async () =>
            await measure(await stage.freshNode(), (index) => ({ token: users[index % users.length]!.access_token })),
        },
      ],
      comparisons: [
        { ours: 'Tchat', baseline: 'raw Socket.IO', figure: BYTES_FIGURE, aim: 'under 1.25' },
        { ours: 'Tchat', baseline: 'raw Socket.IO', figure: UNCOLLECTED_FIGURE },
        { ours: 'Tchat', baseline: 'raw Socket.IO', aim: 'connects/s: at least 0.50' },
      ],
      ...kept(resources),
    };
  },
};
