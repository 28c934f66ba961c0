import { expect, test } from 'vitest';
import { textFrame } from './frames.ts';
import { type Relayed, relayFrames } from './relay-frames.ts';

type Handler = (message: Buffer, channel: string) => void;

const SMALL = 1_000;
const LAGGING = 300 * 1024;
const idOf = (name: string): string => name.padEnd(20, '.');

/** Channels that every node of one test hears. */
class Air {
  readonly handlers = new Map<string, Set<Handler>>();

  sPublish(channel: string, message: Buffer): Promise<number> {
    for (const handler of this.handlers.get(channel) ?? []) handler(message, channel);
    return Promise.resolve(0);
  }

  /** As one node uses it. */
  channels() {
    const own = new Map<string, Handler>();
    return {
      sPublish: (channel: string, message: string | Buffer) => this.sPublish(channel, Buffer.from(message)),
      sSubscribe: (channel: string, handler: Handler): void => {
        own.set(channel, handler);
        this.handlers.set(channel, (this.handlers.get(channel) ?? new Set()).add(handler));
      },
      sUnsubscribe: (channels: string | readonly string[]): void => {
        for (const channel of [channels].flat()) this.handlers.get(channel)?.delete(own.get(channel)!);
      },
    };
  }
}

/** A node whose sockets have so many bytes unread, and what each was sent. */
function node(air: Air, unread: Readonly<Record<string, number>>) {
  const sent = new Map<string, string[]>();
  const rooms = new Map<string, Set<string>>();
  const listeners = new Map<string, (room: string) => void>();
  const through: unknown[] = [];
  const sockets = new Map(
    Object.entries(unread).map(([name, bytes]) => {
      const frames: string[] = [];
      sent.set(name, frames);
      const write = (_: string, { wsPreEncodedFrame: [frame] }: { wsPreEncodedFrame: [Buffer] }) =>
        frames.push(frame.toString());
      return [idOf(name), { conn: { write, request: { socket: { writableLength: bytes } } } }];
    }),
  );
  const adapter = {
    nsp: { name: '/', sockets },
    rooms,
    sids: new Map(),
    broadcast: (packet: unknown) => through.push(packet),
    serverSideEmit: (notice: unknown) => through.push(notice),
    close: () => through.push('closed'),
    on: (event: string, listener: (room: string) => void) => listeners.set(event, listener),
  } as unknown as Relayed;
  relayFrames(adapter, air.channels(), (room) => `room:${room}`);
  const join = (room: string) => {
    rooms.set(room, new Set(sockets.keys()));
    listeners.get('create-room')!(room);
  };
  const leave = (room: string) => {
    rooms.delete(room);
    listeners.get('delete-room')!(room);
  };
  return { adapter, sent, through, join, leave };
}

const packet = { data: ['message:new', { content: 'hello' }] };
const frame = textFrame(packet.data).toString();
const to = (...rooms: string[]) => ({ rooms: new Set(rooms) });
/** The end of this turn of the event loop, when rooms are told. */
const turn = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

test('every member is sent the same frame once, on this node and on the others', async () => {
  const air = new Air();
  const [here, there] = [node(air, { nok: SMALL, lek: SMALL }), node(air, { ying: SMALL })];
  for (const one of [here, there]) one.join('d:1');
  here.adapter.broadcast(packet, to('d:1'));
  await turn();
  expect([...here.sent, ...there.sent]).toEqual([
    ['nok', [frame]],
    ['lek', [frame]],
    ['ying', [frame]],
  ]);
});

test('what a room is told in one turn is one publication and one write, in order', async () => {
  const air = new Air();
  const [here, there] = [node(air, { nok: SMALL }), node(air, { ying: SMALL })];
  for (const one of [here, there]) one.join('d:1');
  const words = ['one', 'two', 'three'].map((content) => ({ data: ['message:new', { content }] }));
  for (const one of words) here.adapter.broadcast(one, to('d:1'));
  const frames = words.map(({ data }) => textFrame(data).toString()).join('');
  expect(here.sent.get('nok')).toEqual([]);
  await turn();
  expect([here.sent.get('nok'), there.sent.get('ying')]).toEqual([[frames], [frames]]);
});

test('what goes another way comes after what the room was told before it', () => {
  const { adapter, sent, through, join } = node(new Air(), { nok: SMALL });
  join('d:1');
  const ways = [
    () => adapter.broadcast(packet, { ...to('d:1'), flags: { local: true } }),
    () => adapter.serverSideEmit(['cluster:dialog-left']),
    () => adapter.close(),
    () => adapter.broadcast(packet, { ...to('d:1'), flags: { volatile: true } }),
  ];
  for (const [told, way] of ways.entries()) {
    adapter.broadcast(packet, to('d:1'));
    way();
    expect(sent.get('nok')!.length).toBeGreaterThan(told);
  }
  expect(through).toHaveLength(3);
});

test('a node that has no member any more hears nothing', async () => {
  const air = new Air();
  const [here, there] = [node(air, {}), node(air, { ying: SMALL })];
  there.join('d:1');
  there.leave('d:1');
  here.adapter.broadcast(packet, to('d:1'));
  await turn();
  expect(air.handlers.get('room:d:1')?.size).toBe(0);
  expect(there.sent.get('ying')).toEqual([]);
});

test('who is left out hears nothing, on whatever node', () => {
  const air = new Air();
  const [here, there] = [node(air, { nok: SMALL }), node(air, { ying: SMALL, lek: SMALL })];
  for (const one of [here, there]) one.join('d:1');
  here.adapter.broadcast(packet, { ...to('d:1'), except: new Set([idOf('nok'), idOf('ying')]) });
  expect([here.sent.get('nok'), there.sent.get('ying'), there.sent.get('lek')]).toEqual([[], [], [frame]]);
});

test('a client that lags behind goes without what it can do without, and hears everything else', async () => {
  const air = new Air();
  const [here, there] = [node(air, { nok: LAGGING }), node(air, { ying: LAGGING, lek: SMALL })];
  for (const one of [here, there]) one.join('d:1');
  here.adapter.broadcast(packet, { ...to('d:1'), flags: { volatile: true } });
  expect([here.sent.get('nok'), there.sent.get('ying'), there.sent.get('lek')]).toEqual([[], [], [frame]]);
  here.adapter.broadcast(packet, to('d:1'));
  await turn();
  expect([here.sent.get('nok'), there.sent.get('ying'), there.sent.get('lek')]).toEqual([
    [frame],
    [frame],
    [frame, frame],
  ]);
});

test('what is for one node, for several rooms or for all is left to the adapter', () => {
  const { adapter, sent, through, join } = node(new Air(), { nok: SMALL });
  join('d:1');
  adapter.broadcast(packet, { ...to('d:1'), flags: { local: true } });
  adapter.broadcast(packet, to('d:1', 'd:2'));
  adapter.broadcast(packet, to());
  expect(through).toEqual([packet, packet, packet]);
  expect(sent.get('nok')).toEqual([]);
});
