import { once } from 'node:events';
import { io } from 'socket.io-client';
import { TchatClient } from '#client/tchat-client.ts';
import { type Measured, Meter, pause } from '../measure.ts';
import { forEach } from '../sockets/connect.ts';
import { LineCut } from '../sockets/line-cut.ts';
import { cpuSeconds } from '../sockets/process-use.ts';

/** Clients of ours are in sync when they say so; raw ones, which have nothing to catch up with, when they are connected. */
export type StormLoad = {
  readonly kind: 'raw' | 'tchat';
  readonly urls: readonly string[];
  /** Of the nodes, for the processor time that the storm takes. */
  readonly pids: readonly number[];
  readonly people: readonly { readonly access_token: string; readonly refresh_token: string }[];
};

/** One client: what it is opened with, told when it is back, and ended by. */
type Client = { onBack: () => void; readonly close: () => void };

const CONNECTING_AT_ONCE = 50;
const BACK_WITHIN_MS = 120_000;

const [load] = (await once(process, 'message')) as [StormLoad];
const line = new LineCut();
const clients: Client[] = [];
await forEach(load.people, CONNECTING_AT_ONCE, async (person, index) => {
  const { promise, resolve } = Promise.withResolvers<void>();
  clients.push(load.kind === 'raw' ? rawClient(index, resolve) : ourClient(person, resolve));
  await promise;
});
await pause(2_000);

const meter = new Meter();
const cpuBefore = load.pids.map(cpuSeconds);
const cutAt = performance.now();
const back = clients.map(
  (client) =>
    new Promise<void>((resolve) => {
      client.onBack = () => {
        client.onBack = () => undefined;
        meter.done(cutAt);
        resolve();
      };
    }),
);
line.cut(0);
await Promise.race([Promise.all(back), pause(BACK_WITHIN_MS)]);
const tookMs = performance.now() - cutAt;
const cpu = load.pids.reduce((sum, pid, at) => sum + cpuSeconds(pid) - cpuBefore[at]!, 0);
const measured = meter.read();
const backCount = Math.round((measured.perSecond * tookMs) / 1000);
const result: Measured = {
  ...measured,
  failed: clients.length - backCount,
  figures: { 'ms until all were back': tookMs, 'node CPU seconds': cpu },
};
process.send!(result, () => process.exit(0));

function rawClient(index: number, onBack: () => void): Client {
  const socket = io(load.urls[index % load.urls.length], {
    auth: { dialog_id: String(index % 50) },
    transports: ['websocket'],
    forceNew: true,
  });
  const client: Client = { onBack, close: () => socket.disconnect() };
  socket.on('connect', () => client.onBack());
  return client;
}

function ourClient(person: StormLoad['people'][number], onBack: () => void): Client {
  const tchat = new TchatClient({
    baseUrls: load.urls,
    socketUrls: load.urls,
    tokens: { ...person, expires_in: 3600 },
  });
  const client: Client = { onBack, close: () => tchat.close() };
  tchat.on('caught-up', () => client.onBack());
  tchat.connect();
  return client;
}
