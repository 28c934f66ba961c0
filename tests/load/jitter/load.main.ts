import { once } from 'node:events';
import { TchatClient } from '#client/tchat-client.ts';
import type { DialogId } from '#shared/ids.ts';
import { type Measured, Meter, pause } from '../measure.ts';
import { forEach } from '../sockets/connect.ts';
import { LineCut } from '../sockets/line-cut.ts';

export type JitterLoad = {
  readonly urls: readonly string[];
  /** Members of each dialog; the first one broadcasts. */
  readonly crowds: readonly {
    readonly dialogId: string;
    readonly people: readonly { readonly access_token: string; readonly refresh_token: string }[];
  }[];
  readonly runMs: number;
};

const CUT_EVERY_MS = 15_000;
const CUT_FOR_MS = 2_000;
const BROADCAST_EVERY_MS = 500;
const CONNECTING_AT_ONCE = 50;
/** After the last broadcast, for everyone to have everything. */
const SETTLE_WITHIN_MS = 60_000;

const [load] = (await once(process, 'message')) as [JitterLoad];
const line = new LineCut();
/** Times from being connected again to having everything: the replay. */
const replays = new Meter();
let isJittering = false;
let delivered = 0;
let unordered = 0;

const members = load.crowds.flatMap(({ dialogId, people }) => people.map((person) => ({ dialogId, person })));
const heardBy: Set<number>[] = [];
const clients: TchatClient[] = [];
await forEach(members, CONNECTING_AT_ONCE, async ({ dialogId, person }, index) => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const heard = new Set<number>();
  heardBy[index] = heard;
  const tokens = { ...person, expires_in: 3600 };
  const client = new TchatClient({ baseUrls: load.urls, socketUrls: load.urls, tokens });
  clients[index] = client;
  let connectedAt = 0;
  let last = 0;
  client.on('connected', () => (connectedAt = performance.now()));
  client.on('caught-up', () => {
    resolve();
    if (isJittering && connectedAt > 0) replays.done(connectedAt);
    connectedAt = 0;
  });
  client.on('message', ({ dialog_id: of, version }) => {
    if (of !== dialogId) return;
    if (version <= last || heard.has(version)) unordered += 1;
    last = version;
    heard.add(version);
    delivered += 1;
  });
  client.connect();
  await promise;
});

isJittering = true;
replays.reset();
const startedAt = performance.now();
const cuts = setInterval(() => line.cut(CUT_FOR_MS), CUT_EVERY_MS);
line.cut(CUT_FOR_MS);
const sending: Promise<unknown>[] = [];
const ownerAt = load.crowds.map((_, crowd) =>
  load.crowds.slice(0, crowd).reduce((sum, { people }) => sum + people.length, 0),
);
while (performance.now() < startedAt + load.runMs) {
  for (const [crowd, { dialogId }] of load.crowds.entries()) {
    const owner = clients[ownerAt[crowd]!]!;
    sending.push(owner.send(dialogId as DialogId, { message_type: 'text', content: 'to all of you' }));
  }
  await pause(BROADCAST_EVERY_MS);
}
clearInterval(cuts);
await Promise.all(sending);
const perCrowd = sending.length / load.crowds.length;
const expected = members.length * perCrowd;
const settleBy = performance.now() + SETTLE_WITHIN_MS;
while (delivered < expected && performance.now() < settleBy) await pause(100);
const seconds = (performance.now() - startedAt) / 1000;

const result: Measured = {
  ...replays.read(),
  perSecond: delivered / seconds,
  failed: expected - delivered + unordered,
  figures: {
    broadcasts: sending.length,
    'percent delivered': (delivered / expected) * 100,
    'delivered twice or out of order': unordered,
  },
};
process.send!(result, () => process.exit(0));
