/** First byte of an event frame between nodes; what the adapter's own messages begin with is a brace. */
const FORMAT = 1;
/** Bytes of the id that tells a node's own publications from those of others. */
export const ORIGIN_BYTES = 8;
/** Socket.IO's socket ids are 20 characters of base64. */
export const SOCKET_ID_CHARACTERS = 20;
/** Format, origin, flags, and how many sockets are left out. */
const HEAD_BYTES = 1 + ORIGIN_BYTES + 1 + 1;
const DROPPABLE = 1;
/** Sockets that one emit may leave out. */
export const EXCEPT_MAX = 255;

/** RFC 6455: a final text frame, its length in 7, 16 or 64 bits. */
const FINAL_TEXT = 0x81;
const LENGTH_16 = 126;
const LENGTH_64 = 127;

/** Events for one room that every member is sent, as they are, and who is not. */
export type EventFrame = {
  /** A WebSocket frame, or several one after the other. */
  readonly frame: Buffer;
  /** Ids of sockets that are left out: the one that caused the event. */
  readonly except: ReadonlySet<string>;
  /** True for what a client that lags behind can do without, such as typing. */
  readonly droppable: boolean;
};

/**
 * An event of the root namespace as a whole WebSocket frame: `4` for a message of Engine.IO, `2` for an event of
 * Socket.IO, then its name and data.
 *
 * @throws {TypeError} for what JSON cannot say
 */
export function textFrame(data: unknown): Buffer {
  const text = `42${JSON.stringify(data)}`;
  const length = Buffer.byteLength(text);
  const headBytes = length < LENGTH_16 ? 2 : length < 0x1_00_00 ? 4 : 10;
  const frame = Buffer.allocUnsafe(headBytes + length);
  frame[0] = FINAL_TEXT;
  if (headBytes === 2) frame[1] = length;
  else if (headBytes === 4) {
    frame[1] = LENGTH_16;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = LENGTH_64;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.write(text, headBytes);
  return frame;
}

/** What is published: a head of 11 bytes, 20 bytes for each socket that is left out, and the frame. */
export function packFrame(origin: Buffer, { frame, except, droppable }: EventFrame): Buffer {
  const packed = Buffer.allocUnsafe(HEAD_BYTES + except.size * SOCKET_ID_CHARACTERS + frame.length);
  packed[0] = FORMAT;
  origin.copy(packed, 1);
  packed[1 + ORIGIN_BYTES] = droppable ? DROPPABLE : 0;
  packed[2 + ORIGIN_BYTES] = except.size;
  let at = HEAD_BYTES;
  for (const id of except) at += packed.write(id, at, SOCKET_ID_CHARACTERS, 'latin1');
  frame.copy(packed, at);
  return packed;
}

/** Undefined for what this node published itself, and for what is no event frame. */
export function unpackFrame(origin: Buffer, packed: Buffer): EventFrame | undefined {
  if (packed[0] !== FORMAT || packed.length < HEAD_BYTES) return undefined;
  if (packed.compare(origin, 0, ORIGIN_BYTES, 1, 1 + ORIGIN_BYTES) === 0) return undefined;
  const except = new Set<string>();
  const frameAt = HEAD_BYTES + packed[2 + ORIGIN_BYTES]! * SOCKET_ID_CHARACTERS;
  for (let at = HEAD_BYTES; at < frameAt; at += SOCKET_ID_CHARACTERS) {
    except.add(packed.toString('latin1', at, at + SOCKET_ID_CHARACTERS));
  }
  return { frame: packed.subarray(frameAt), except, droppable: packed[1 + ORIGIN_BYTES] === DROPPABLE };
}
