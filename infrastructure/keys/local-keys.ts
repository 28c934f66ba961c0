import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createSecretKey,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import type { WrappingKeys } from './wrapping-keys.ts';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Enough of the key's hash to tell a handful of keys apart. */
const NAME_HEX_DIGITS = 16;

/**
 * Key management that holds its wrapping keys in this process: for one machine, and for tests. A key's name is taken
 * from its hash, so a wrapped key says which one it needs.
 *
 * @param messageKeys the setting MESSAGE_KEY: each 64 hexadecimal digits. The first wraps, every one unwraps.
 */
export function makeLocalKeys(messageKeys: readonly string[]): WrappingKeys {
  const keys = new Map(messageKeys.map((messageKey) => namedKey(messageKey)));
  const [first] = keys;
  if (first === undefined) throw new Error('there is no wrapping key');
  const [wrapsBy, wrappingKey] = first;

  return {
    wrapsBy,
    knows: (wrappedBy) => keys.has(wrappedBy),
    wrap: async (key, context) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, wrappingKey, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(context));
      const sealed = Buffer.concat([nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()]);
      return { wrappedBy: wrapsBy, sealed };
    },
    unwrap: async ({ wrappedBy, sealed }, context) => {
      const key = keys.get(wrappedBy);
      if (key === undefined) throw new Error(`the key was wrapped by ${wrappedBy}, which is not among MESSAGE_KEY`);
      const tagAt = sealed.length - TAG_BYTES;
      if (tagAt < NONCE_BYTES) throw new Error('a wrapped key is too short');
      const nonce = sealed.subarray(0, NONCE_BYTES);
      const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(context));
      decipher.setAuthTag(sealed.subarray(tagAt));
      return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, tagAt)), decipher.final()]);
    },
  };
}

function namedKey(messageKey: string): [string, KeyObject] {
  const bytes = Buffer.from(messageKey, 'hex');
  const digest = createHash('sha256').update('tchat key name\n').update(bytes).digest('hex');
  return [`local:${digest.slice(0, NAME_HEX_DIGITS)}`, createSecretKey(bytes)];
}
