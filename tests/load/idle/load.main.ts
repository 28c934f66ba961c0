import { once } from 'node:events';
import type { Socket } from 'socket.io-client';
import { type Measured, Meter, pause } from '../measure.ts';
import { connect, forEach } from '../sockets/connect.ts';
import { residentBytes } from '../sockets/process-use.ts';
import type { Seat } from '../sockets/stage.ts';
import { weigh } from '../weigh.ts';
import { BYTES_FIGURE, UNCOLLECTED_FIGURE } from './figures.ts';

/** Connections to one node, of which the second half is weighed: the first brings it to its working size. */
export type IdleLoad = { readonly pid: number; readonly inspectPort: number; readonly seats: readonly Seat[] };

const CONNECTING_AT_ONCE = 64;
/** For the node to put away what connecting took. */
const SETTLE_MS = 5_000;

const [load] = (await once(process, 'message')) as [IdleLoad];
const sockets: Socket[] = [];
const meter = new Meter();
let connectingMs = 0;
const half = Math.floor(load.seats.length / 2);
await connectAll(load.seats.slice(0, half));
const atHalf = await weighed();
await connectAll(load.seats.slice(half));
const connecting = meter.read();
const atEnd = await weighed();
const added = atEnd.sockets - atHalf.sockets;
const figures = {
  [BYTES_FIGURE]: (atEnd.held - atHalf.held) / added,
  [UNCOLLECTED_FIGURE]: (atEnd.uncollected - atHalf.held) / added,
};
const perSecond = sockets.length / (connectingMs / 1000);
const result: Measured = { ...connecting, perSecond, figures };
process.send!(result);
for (const socket of sockets) socket.disconnect();
process.disconnect();

async function connectAll(seats: readonly Seat[]): Promise<void> {
  const beganAt = performance.now();
  await forEach(seats, CONNECTING_AT_ONCE, async (seat) => {
    const startedAt = performance.now();
    try {
      sockets.push(await connect(seat));
      meter.done(startedAt);
    } catch {
      meter.fail();
    }
  });
  connectingMs += performance.now() - beganAt;
}

async function weighed() {
  await pause(SETTLE_MS);
  const uncollected = residentBytes(load.pid);
  const { resident: held } = await weigh(load.pid, load.inspectPort);
  return { sockets: sockets.length, uncollected, held };
}
