import { type Bench, kept } from '../bench.ts';
import { inOwnProcess } from '../child.ts';
import type { Measured } from '../measure.ts';
import { forEach } from '../sockets/connect.ts';
import { openStage } from '../sockets/stage.ts';
import type { StormLoad } from './load.main.ts';

const CLIENTS = 5_000;
const PER_DIALOG = 100;
const LOAD = new URL('./load.main.ts', import.meta.url);

/**
 * All clients are cut at once and come back, each on a node of its choice: how long until the last is back and in sync,
 * and what that costs the nodes. With the limits of production, so the admission of connections is part of it.
 */
export const stormBench: Bench = {
  name: 'storm',
  says: '5,000 clients cut at once: time until all are back and in sync, and node CPU, beside raw Socket.IO',
  prepare: async ({ clients = CLIENTS }) => {
    await using resources = new AsyncDisposableStack();
    const stage = resources.use(await openStage({ RATE_LIMITS: 'normal' }));
    const users = await stage.users(clients);
    const groups = Array.from({ length: Math.ceil(clients / PER_DIALOG) }, (_, index) =>
      users.slice(index * PER_DIALOG, (index + 1) * PER_DIALOG),
    ).filter((group) => group.length >= 2);
    await forEach(groups, 2, async (group) => void (await stage.dialogOf(group)));
    const people = users.map(({ access_token, refresh_token }) => ({ access_token, refresh_token }));
    const run = (kind: StormLoad['kind'], nodes: typeof stage.nodes): Promise<Measured> =>
      inOwnProcess<StormLoad, Measured>(LOAD, {
        kind,
        people,
        urls: nodes.map(({ url }) => url),
        pids: nodes.map(({ pid }) => pid),
      });
    return {
      contenders: [
        { name: 'raw Socket.IO', run: () => run('raw', stage.rawNodes) },
        { name: 'Tchat', run: () => run('tchat', stage.nodes) },
      ],
      comparisons: [{ ours: 'Tchat', baseline: 'raw Socket.IO', figure: 'node CPU seconds' }],
      ...kept(resources),
    };
  },
};
