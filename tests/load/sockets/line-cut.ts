import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

/** Cuts every TCP connection that this process makes, as a tunnel or a lift does: at once, and without a goodbye. */
export class LineCut {
  readonly #lines = new Set<Socket>();
  #downUntilMs = 0;

  /** From now on the process's connections are known; to be made before the first of them. */
  constructor() {
    subscribe('net.client.socket', (message) => {
      const { socket } = message as { readonly socket: Socket };
      this.#lines.add(socket);
      socket.once('close', () => this.#lines.delete(socket));
      if (performance.now() < this.#downUntilMs) this.#cut(socket);
    });
  }

  /** Cuts all of them, and those that are made within this time. */
  cut(forMs: number): void {
    this.#downUntilMs = performance.now() + forMs;
    for (const line of this.#lines) this.#cut(line);
  }

  #cut(line: Socket): void {
    line.destroy(Object.assign(new Error('the line is cut'), { code: 'ECONNRESET' }));
  }
}
