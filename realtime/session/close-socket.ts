import { SECOND } from '#shared/time.ts';
import { unreachable } from '#shared/errors.ts';
import type { NodeSocket } from '../ports.ts';

/** Why we end a socket. The client's own leaving is no reason of ours. */
export type EndReason = 'expired' | 'revoked' | 'abusive' | 'slow' | 'draining';

/** How long a peer may take to close properly, before its connection is destroyed: a revoked one is cut within 5 s. */
const CLOSE_WITHIN_MS = 3 * SECOND;

/**
 * Ends a socket. Where its client may come back, only the transport is closed, which every Socket.IO client answers by
 * reconnecting; otherwise Socket.IO tells it to stay away.
 */
export function closeSocket(socket: NodeSocket, reason: EndReason): void {
  const { conn } = socket;
  const wire = conn.request.socket;
  switch (reason) {
    case 'slow':
      // Closing properly would wait for the very reader that does not read.
      wire.destroy();
      return;
    case 'revoked':
      socket.emit('session:revoked', { reason: 'the session has ended' });
      socket.disconnect(true);
      break;
    case 'abusive':
      socket.disconnect(true);
      break;
    case 'expired':
    case 'draining':
      conn.close();
      break;
    default:
      unreachable(reason);
  }
  const timer = setTimeout(() => wire.destroy(), CLOSE_WITHIN_MS);
  wire.once('close', () => clearTimeout(timer));
}
