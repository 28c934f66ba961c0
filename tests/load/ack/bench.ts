import { type Bench, type Contender, kept } from '../bench.ts';
import { asRaw, openPairs } from '../chat/pairs.ts';
import type { ChatLoad, ChatMeasured, Pair } from '../chat/load.main.ts';
import { inOwnProcess } from '../child.ts';
import type { ProcessKinds } from '../sockets/cpu-meter.ts';
import { openStage } from '../sockets/stage.ts';

const PAIRS = 50;
const OFFERED_PER_SECOND = 1_000;
const LOAD = new URL('../chat/load.main.ts', import.meta.url);

/** How long an acknowledgement takes at a rate that leaves the node room: 1,000 messages a second over 50 dialogs. */
export const ackBench: Bench = {
  name: 'ack',
  says: 'ack latency at 1,000 durable messages/s offered (aim: p99 under 50 ms), beside raw Socket.IO + Redis',
  prepare: async ({ warmUpMs, runMs }) => {
    await using resources = new AsyncDisposableStack();
    const stage = resources.use(await openStage({ RATE_LIMITS: 'relaxed' }));
    const pairs = await openPairs(stage, PAIRS);
    const load = { outstanding: 2, offered: OFFERED_PER_SECOND, warmUpMs, runMs };
    const contender = (name: string, to: readonly Pair[], processes: ProcessKinds): Contender => ({
      name,
      run: () => inOwnProcess<ChatLoad, ChatMeasured>(LOAD, { ...load, pairs: to, processes }),
    });
    return {
      contenders: [
        contender(
          'raw Socket.IO + Redis',
          pairs.map((pair) => asRaw(stage, pair)),
          stage.rawProcesses,
        ),
        contender('Tchat, durable', pairs, stage.processes),
      ],
      comparisons: [{ ours: 'Tchat, durable', baseline: 'raw Socket.IO + Redis' }],
      ...kept(resources),
    };
  },
};
