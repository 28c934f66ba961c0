import type { AppError } from '#shared/errors.ts';
import { type ConnectErrorData, socketError } from '#shared/sockets/ack.ts';

/** A refusal in the shape that Socket.IO's middleware passes on: the client finds `data` as `err.data`. */
export class ConnectError extends Error {
  readonly data: ConnectErrorData;

  constructor(error: AppError) {
    super(error.message);
    this.data = socketError(error);
  }
}
