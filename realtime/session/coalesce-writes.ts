import type { Socket as Wire } from 'node:net';
import type { NodeSocket } from '../ports.ts';

/** Connections that were written to in this turn of the event loop and not sent yet. */
const corked = new Set<Wire>();

/**
 * Sends what one connection is given within a turn of the event loop in one system call.
 *
 * An acknowledgement, the echo of that message and the messages of others come in one burst after a commit, and each
 * would be a system call of its own: a third of what a node does. engine.io hands a transport one packet and keeps the
 * next ones until it was written; told that the transport is writable, it hands on all of them, and the connection
 * gathers them. A client that does not read is noticed by what the connection then holds, see `Session.unreadBytes`.
 */
export function coalesceWrites({ conn }: NodeSocket): void {
  const wire = conn.request.socket;
  conn.on('flush', () => {
    if (corked.has(wire)) return;
    if (corked.size === 0) setImmediate(sendAll);
    corked.add(wire);
    wire.cork();
  });
  conn.on('drain', () => {
    conn.transport.writable = true;
  });
}

function sendAll(): void {
  for (const wire of corked) wire.uncork();
  corked.clear();
}
