import { once } from 'node:events';
import type { Socket } from 'socket.io-client';
import { type Measured, Meter, pause } from '../measure.ts';
import { connect, forEach } from '../sockets/connect.ts';
import { residentBytes } from '../sockets/process-use.ts';
import type { Seat } from '../sockets/stage.ts';
import { BYTES_FIGURE } from './figures.ts';

export type IdleLoad = { readonly pid: number; readonly seats: readonly Seat[] };

const CONNECTING_AT_ONCE = 64;
/** For the node to put away what connecting took. */
const SETTLE_MS = 5_000;

const [load] = (await once(process, 'message')) as [IdleLoad];
const before = residentBytes(load.pid);
const sockets: Socket[] = [];
const meter = new Meter();
await forEach(load.seats, CONNECTING_AT_ONCE, async (seat) => {
  const startedAt = performance.now();
  try {
    sockets.push(await connect(seat));
    meter.done(startedAt);
  } catch {
    meter.fail();
  }
});
const connecting = meter.read();
await pause(SETTLE_MS);
const bytes = (residentBytes(load.pid) - before) / sockets.length;
const result: Measured = { ...connecting, figures: { [BYTES_FIGURE]: bytes } };
process.send!(result);
for (const socket of sockets) socket.disconnect();
process.disconnect();
