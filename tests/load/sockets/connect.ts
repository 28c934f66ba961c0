import { io, type Socket } from 'socket.io-client';
import type { Seat } from './stage.ts';

/** A connected socket that does not come back by itself. Rejects when it is refused. */
export async function connect({ url, auth }: Seat): Promise<Socket> {
  const socket = io(url, { auth, transports: ['websocket'], reconnection: false, forceNew: true });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once('connect', resolve);
  socket.once('connect_error', reject);
  await promise;
  return socket;
}

/** Does something for each, at most so many at once, in order. */
export async function forEach<Item>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) await work(items[at]!, at);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
