import { createCipheriv, createDecipheriv, createHash, createSecretKey, randomBytes } from 'node:crypto';
import type { KeyManagement } from '#services/messaging/ports.ts';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Enough of the key's hash to tell a handful of keys apart. */
const NAME_HEX_DIGITS = 16;

/**
 * Key management that holds its wrapping key in this process: for one machine, and for tests. The key's name is taken
 * from its hash, so a wrapped key says which one it needs.
 *
 * @param messageKey the setting MESSAGE_KEY: 64 hexadecimal digits
 */
export function makeLocalKeys(messageKey: string): KeyManagement {
  const bytes = Buffer.from(messageKey, 'hex');
  const wrappingKey = createSecretKey(bytes);
  const wrappedBy = `local:${createHash('sha256').update('tchat key name\n').update(bytes).digest('hex').slice(0, NAME_HEX_DIGITS)}`;

  return {
    wrap: async (key, context) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, wrappingKey, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(context));
      const sealed = Buffer.concat([nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()]);
      return { wrappedBy, sealed };
    },
    unwrap: async (wrapped, context) => {
      if (wrapped.wrappedBy !== wrappedBy)
        throw new Error(`the key was wrapped by ${wrapped.wrappedBy}, not ${wrappedBy}`);
      const { sealed } = wrapped;
      const tagAt = sealed.length - TAG_BYTES;
      if (tagAt < NONCE_BYTES) throw new Error('a wrapped key is too short');
      const nonce = sealed.subarray(0, NONCE_BYTES);
      const decipher = createDecipheriv(ALGORITHM, wrappingKey, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(context));
      decipher.setAuthTag(sealed.subarray(tagAt));
      return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, tagAt)), decipher.final()]);
    },
  };
}
