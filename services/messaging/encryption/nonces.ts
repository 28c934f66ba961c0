import { randomFillSync } from 'node:crypto';

/** 96 bits, as GCM wants it (SP 800-38D). */
export const NONCE_BYTES = 12;
/** Nonces drawn from the system at a time: one call for each costs more than the encryption of a short text. */
const DRAWN = 1_024;

const pool = Buffer.alloc(NONCE_BYTES * DRAWN);
/** Where the next unused nonce is in the pool; at its end when all are used. */
let next = pool.length;

/** A random nonce that is given out once. It is a view on the pool: use it before the next is asked for. */
export function nextNonce(): Uint8Array {
  if (next === pool.length) {
    randomFillSync(pool);
    next = 0;
  }
  next += NONCE_BYTES;
  return pool.subarray(next - NONCE_BYTES, next);
}
