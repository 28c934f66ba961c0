import type { IncomingMessage } from 'node:http';
import type { Upload } from '#shared/http/call.ts';
import { readBytes } from './read-body.ts';

/**
 * Bytes of files that a process holds at a time, from their arrival until they are answered. A file is copied while it
 * is worked on, so memory grows by about three times this at worst.
 */
const HELD_BYTES_MAX = 64 * 1024 * 1024;

/** A file that has arrived whole. */
export type Received = Disposable & { readonly bytes: Buffer };

export type Uploads = {
  /**
   * Reads the body of a call that takes a file. The bytes count as held until it is disposed of.
   *
   * @throws {AppError} as {@link readBytes}
   */
  receive(request: IncomingMessage, upload: Upload): Promise<Received>;
};

/** Files on their way in, which together stay within the memory that is set aside for them. */
export function makeUploads(heldBytesMax = HELD_BYTES_MAX): Uploads {
  let held = 0;
  return {
    async receive(request, { bytesMax }) {
      let own = 0;
      const release = (): void => {
        held -= own;
        own = 0;
      };
      // Counted as they come, not as they are announced, so that nobody blocks others by announcing alone.
      const mayHold = (bytes: number): boolean => {
        if (held + bytes > heldBytesMax) return false;
        held += bytes;
        own += bytes;
        return true;
      };
      try {
        return { bytes: await readBytes(request, { bytesMax, mayHold }), [Symbol.dispose]: release };
      } catch (error) {
        release();
        throw error;
      }
    },
  };
}
