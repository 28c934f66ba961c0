import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { PrivacyRequestId } from '#shared/ids.ts';
import type { PartId } from './ports.ts';

const ALGORITHM = 'aes-256-gcm';
export const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Bound to the wrapped key as additional data: it unwraps for this export only. */
export function exportKeyContext(id: PrivacyRequestId): string {
  return `export:${id}`;
}

/**
 * A part of an export as it rests: nonce, ciphertext, tag. Bound to its request and to its own name, so that parts cannot
 * be moved. Nonces are random: an export has some thousands of parts at most, and 2^32 would be allowed (SP 800-38D).
 */
export function sealPart(key: Uint8Array, requestId: PrivacyRequestId, id: PartId, plain: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(`${requestId}:${id}`));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** @throws when the part was altered, or is another's */
export function openPart(key: Uint8Array, requestId: PrivacyRequestId, id: PartId, sealed: Uint8Array): Buffer {
  const tagAt = sealed.length - TAG_BYTES;
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(`${requestId}:${id}`));
  decipher.setAuthTag(sealed.subarray(tagAt));
  return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, tagAt)), decipher.final()]);
}
