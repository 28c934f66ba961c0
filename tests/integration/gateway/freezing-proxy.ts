import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export type FreezingProxy = {
  readonly url: string;
  /** From now on nothing comes back: connections stand and are silent. */
  freeze(): void;
  /** What comes from now on is passed on again; what was held back is lost. */
  thaw(): void;
  [Symbol.asyncDispose](): Promise<void>;
};

/** Passes TCP connections on to a server until it is told to freeze. */
export async function openProxy(target: string): Promise<FreezingProxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let frozen = false;
  const server = createServer((client) => {
    const far = connect(Number(port), hostname);
    for (const socket of [client, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    client.pipe(far);
    far.on('data', (data) => {
      if (!frozen) client.write(data);
    });
    far.on('close', () => client.destroy());
    client.on('close', () => far.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(target);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    freeze: () => {
      frozen = true;
    },
    thaw: () => {
      frozen = false;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}
