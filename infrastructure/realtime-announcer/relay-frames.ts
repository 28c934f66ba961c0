import { randomBytes } from 'node:crypto';
import type { Socket } from 'socket.io';
import { EXCEPT_MAX, ORIGIN_BYTES, packFrame, SOCKET_ID_CHARACTERS, textFrame, unpackFrame } from './frames.ts';
import type { EventFrame } from './frames.ts';
import type { ShardedChannels } from './sharded-channels.ts';

/** What is needed of the cluster's channels. */
type FrameChannels = Pick<ShardedChannels, 'sPublish' | 'sSubscribe' | 'sUnsubscribe'>;

/** What may wait for a client before it is told nothing any more that it can do without. */
const LAGGING_BYTES = 256 * 1024;
/** Frames of one room that go together; a publication of long messages has a megabyte at most. */
const TOGETHER_MAX = 64;
const NOBODY: ReadonlySet<string> = new Set();

type Options = {
  readonly rooms: ReadonlySet<string>;
  readonly except?: ReadonlySet<string>;
  readonly flags?: { readonly local?: boolean; readonly volatile?: boolean };
};

/** The part of Socket.IO's adapter that is used here; its own types leave the namespace open. */
export type Relayed = {
  readonly nsp: { readonly name: string; readonly sockets: ReadonlyMap<string, Socket> };
  readonly rooms: ReadonlyMap<string, ReadonlySet<string>>;
  readonly sids: ReadonlyMap<string, unknown>;
  broadcast(packet: { readonly data: unknown }, options: Options): unknown;
  serverSideEmit(packet: unknown[]): void;
  close(): Promise<void> | void;
  on(event: 'create-room' | 'delete-room', listener: (room: string) => void): unknown;
};

/**
 * Makes an adapter pass events to rooms on as finished WebSocket frames.
 *
 * Socket.IO's cluster adapter writes each event as JSON twice, once for its own sockets and once for the other nodes,
 * and each of those parses it and writes it again. Here it is written once: the bytes that our own sockets are sent are
 * the bytes that are published, and another node hands them to its sockets without looking into them.
 *
 * What a room is told within one turn of the event loop goes together: a batch of appended messages is one publication a
 * dialog, and one write a member. It keeps its order, also towards whatever else passes through the adapter.
 *
 * Each room is a channel of its own, heard while it has a member here. `volatile` means something else than in
 * Socket.IO, which drops such events whenever anything is on its way to a socket: here only clients go without that
 * have 256 kB to read already. Everything else that an adapter does stays with the adapter.
 *
 * The sockets must be WebSockets without compression, as our server's are: nothing else can be sent a frame.
 *
 * @param channelOf names the channel of a room
 */
export function relayFrames(adapter: Relayed, channels: FrameChannels, channelOf: (room: string) => string): void {
  const origin = randomBytes(ORIGIN_BYTES);
  const passOn = {
    broadcast: adapter.broadcast.bind(adapter),
    serverSideEmit: adapter.serverSideEmit.bind(adapter),
    close: adapter.close.bind(adapter),
  };
  /** What rooms are to be told at the end of this turn, in order. */
  const gathered = new Map<string, Buffer[]>();
  // The room that is each socket's own is only ever used by the node that has the socket.
  const isShared = (room: string): boolean => !adapter.sids.has(room);

  function send(room: string, event: EventFrame): void {
    void channels.sPublish(channelOf(room), packFrame(origin, event));
    deliver(adapter, room, event);
  }

  function sendGathered(room: string): void {
    const frames = gathered.get(room);
    if (frames === undefined) return;
    gathered.delete(room);
    const frame = frames.length === 1 ? frames[0]! : Buffer.concat(frames);
    send(room, { frame, except: NOBODY, droppable: false });
  }

  function sendAll(): void {
    for (const room of gathered.keys()) sendGathered(room);
  }

  function gather(room: string, frame: Buffer): void {
    // After the microtasks: everyone who waited for one batch has spoken by then.
    if (gathered.size === 0) process.nextTick(sendAll);
    const frames = gathered.get(room);
    if (frames === undefined) gathered.set(room, [frame]);
    else if (frames.push(frame) === TOGETHER_MAX) sendGathered(room);
  }

  adapter.on('create-room', (room) => {
    if (!isShared(room)) return;
    channels.sSubscribe(channelOf(room), (message) => {
      const event = unpackFrame(origin, message);
      if (event !== undefined) deliver(adapter, room, event);
    });
  });
  adapter.on('delete-room', (room) => {
    if (isShared(room)) channels.sUnsubscribe(channelOf(room));
  });

  adapter.broadcast = (packet, options) => {
    const { rooms, except = NOBODY, flags } = options;
    const [room] = rooms;
    const isPlain = except.size <= EXCEPT_MAX && [...except].every((id) => id.length === SOCKET_ID_CHARACTERS);
    if (room === undefined || rooms.size > 1 || flags?.local === true || !isPlain) {
      sendAll();
      return passOn.broadcast(packet, options);
    }
    const frame = textFrame(packet.data);
    const droppable = flags?.volatile === true;
    if (except.size === 0 && !droppable) gather(room, frame);
    else {
      sendGathered(room);
      send(room, { frame, except, droppable });
    }
    return undefined;
  };
  adapter.serverSideEmit = (packet) => {
    sendAll();
    passOn.serverSideEmit(packet);
  };
  adapter.close = () => {
    sendAll();
    return passOn.close();
  };
}

function deliver({ rooms, nsp }: Relayed, room: string, { frame, except, droppable }: EventFrame): void {
  const members = rooms.get(room);
  if (members === undefined) return;
  // Engine.IO takes a frame that is finished beside the text, which it then does not look at.
  const options = { compress: false, wsPreEncodedFrame: [frame] };
  for (const id of members) {
    if (except.has(id)) continue;
    const conn = nsp.sockets.get(id)?.conn;
    if (conn === undefined || (droppable && conn.request.socket.writableLength > LAGGING_BYTES)) continue;
    conn.write('', options);
  }
}
