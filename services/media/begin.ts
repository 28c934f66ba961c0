import type { Bytes } from '#shared/http/call.ts';

/**
 * Reads the first piece of a stream now, so that one that cannot be read fails while the failure can still be answered.
 * Whoever gives it up half-way lets go of what is beneath it.
 */
export async function begin(stream: Bytes): Promise<Bytes> {
  const pieces = stream[Symbol.asyncIterator]();
  let first: IteratorResult<Uint8Array> | undefined = await pieces.next();
  const iterator: AsyncIterator<Uint8Array> = {
    next: async () => {
      const piece = first ?? (await pieces.next());
      first = undefined;
      return piece;
    },
    return: async () => (await pieces.return?.()) ?? { done: true, value: undefined },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}

/** The same stream, which fails when it ends before its time. */
export async function* ofSize(size: number, stream: Bytes): AsyncGenerator<Uint8Array> {
  let left = size;
  for await (const piece of stream) {
    left -= piece.length;
    yield piece;
  }
  if (left !== 0) throw new Error(`a stored object is ${-left} bytes longer than it was`);
}
