import { type Bench, kept } from '../bench.ts';
import { inOwnProcess } from '../child.ts';
import type { Measured } from '../measure.ts';
import { openStage } from '../sockets/stage.ts';
import type { JitterLoad } from './load.main.ts';

const CLIENTS = 1_000;
const PER_DIALOG = 100;
/** Long enough for three cuts, of which the first comes at once. */
const RUN_MIN_MS = 34_000;
const LOAD = new URL('./load.main.ts', import.meta.url);

/**
 * Clients on bad lines: all are cut every 15 s for 2 s while their dialogs are written to. `failed` counts what was not
 * delivered exactly once and in order; the latencies are those of catching up after each cut.
 */
export const jitterBench: Bench = {
  name: 'jitter',
  says: '1,000 clients cut every 15 s for 2 s under broadcasts: share delivered (aim: all), replay p99 (under 2 s)',
  prepare: async ({ runMs, clients = CLIENTS }) => {
    await using resources = new AsyncDisposableStack();
    const stage = resources.use(await openStage({ RATE_LIMITS: 'relaxed' }));
    const users = await stage.users(clients);
    const crowds: JitterLoad['crowds'][number][] = [];
    for (let from = 0; from < users.length; from += PER_DIALOG) {
      const people = users.slice(from, from + PER_DIALOG);
      crowds.push({ dialogId: await stage.dialogOf(people), people });
    }
    const urls = stage.nodes.map(({ url }) => url);
    const load = { urls, crowds, runMs: Math.max(runMs, RUN_MIN_MS) };
    return {
      contenders: [{ name: 'Tchat, durable', run: () => inOwnProcess<JitterLoad, Measured>(LOAD, load) }],
      comparisons: [],
      ...kept(resources),
    };
  },
};
