import { argon2, type Argon2Parameters, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { Secrets } from './secrets.ts';

/** OWASP's first choice for Argon2id, 2025: 19 MiB, two passes, one lane. Runs on libuv's threads, off the event loop. */
const MEMORY_KIB = 19_456;
const PASSES = 2;
const LANES = 1;
const SALT_BYTES = 16;
const HASH_BYTES = 32;

const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

const run = promisify((parameters: Argon2Parameters, done: (error: Error | null, hash: Buffer) => void) =>
  argon2('argon2id', parameters, done),
);

/**
 * Hashes a PIN with a salt of its own and our pepper, as a PHC string. A million PINs are quickly tried even against
 * Argon2; without the pepper, which the database does not hold, none of the tries can be checked.
 */
export async function hashPin(secrets: Secrets, pin: string): Promise<string> {
  const nonce = randomBytes(SALT_BYTES);
  const cost = { memory: MEMORY_KIB, passes: PASSES, parallelism: LANES };
  const hash = await run({ message: pin, nonce, secret: secrets.pinPepper, tagLength: HASH_BYTES, ...cost });
  return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${bare(nonce)}$${bare(hash)}`;
}

/** Whether this is the PIN of a hash, at whatever cost that was made. */
export async function isPin(secrets: Secrets, pin: string, stored: string): Promise<boolean> {
  const match = PHC.exec(stored);
  if (match === null) throw new Error('a stored PIN hash is in no known form');
  const [, memory, passes, parallelism, nonce = '', expected = ''] = match;
  const tag = Buffer.from(expected, 'base64');
  const hash = await run({
    message: pin,
    nonce: Buffer.from(nonce, 'base64'),
    secret: secrets.pinPepper,
    tagLength: tag.length,
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
  });
  return timingSafeEqual(hash, tag);
}

/** Base64 without padding, as PHC strings have it. */
function bare(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
