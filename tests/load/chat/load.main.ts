import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { io, type Socket } from 'socket.io-client';
import { closedLoop, type Measured, openLoop } from '../measure.ts';
import { CpuMeter, type ProcessKinds } from '../sockets/cpu-meter.ts';

/** Two people of one dialog, each on a node of their own. */
export type Pair = {
  readonly dialogId: string;
  readonly people: readonly { readonly url: string; readonly auth: Readonly<Record<string, string>> }[];
};

export type ChatLoad = {
  readonly pairs: readonly Pair[];
  /** Messages that each pair has under way. */
  readonly outstanding: number;
  /** Messages offered a second, however many are under way; as many as are answered when not said. */
  readonly offered?: number;
  /** Whose processor time is counted. */
  readonly processes: ProcessKinds;
  readonly warmUpMs: number;
  readonly runMs: number;
};

export type ChatMeasured = Measured & { readonly deliveredPerSecond: number };

/** The load generator, in a process of its own: a {@link ChatLoad} comes by IPC, a {@link ChatMeasured} goes back. */
const [load] = (await once(process, 'message')) as [ChatLoad];

const sockets = await Promise.all(
  load.pairs.map(async ({ people }) => await Promise.all(people.map(({ url, auth }) => connect(url, auth)))),
);
let delivered = 0;
for (const socket of sockets.flat()) socket.on('message:new', () => (delivered += 1));

const lanes = load.pairs.length * load.outstanding;
let deliveredBefore = 0;
const cpu = new CpuMeter(load.processes);
setTimeout(() => {
  deliveredBefore = delivered;
  cpu.reset();
}, load.warmUpMs);
const call = async (lane: number): Promise<void> => {
  const pair = lane % load.pairs.length;
  const people = sockets[pair]!;
  const sender = people[Math.floor(lane / load.pairs.length) % people.length]!;
  const answer: { error?: unknown } = await sender.timeout(10_000).emitWithAck('message:send', {
    dialog_id: load.pairs[pair]!.dialogId,
    client_id: randomUUID(),
    content: 'see you at the night market at eight',
    message_type: 'text',
  });
  if (answer.error !== undefined) throw new Error(JSON.stringify(answer.error));
};
const times = { warmUpMs: load.warmUpMs, runMs: load.runMs };
const measured =
  load.offered === undefined
    ? await closedLoop({ ...times, lanes, call })
    : await openLoop({ ...times, perSecond: load.offered, call: (number) => call(number % lanes) });
const result: ChatMeasured = {
  ...measured,
  deliveredPerSecond: ((delivered - deliveredBefore) / load.runMs) * 1000,
  figures: cpu.read((measured.perSecond * load.runMs) / 1000),
};
process.send!(result);
for (const socket of sockets.flat()) socket.disconnect();
process.disconnect();

async function connect(url: string, auth: Readonly<Record<string, string>>): Promise<Socket> {
  const socket = io(url, { auth, transports: ['websocket'], reconnection: false, forceNew: true });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once('connect', resolve);
  socket.once('connect_error', reject);
  await promise;
  return socket;
}
