import { type KeyObject, createHmac, createSecretKey, randomBytes } from 'node:crypto';
import type { DialogId } from '#shared/ids.ts';

const CIPHER_KEY_BYTES = 32;
const FINGERPRINT_KEY_BYTES = 32;

/**
 * What a dialog's wrapped key holds: a 256-bit key for AES-256-GCM, and one for fingerprints. A rotation makes a new
 * cipher key and carries the fingerprint key over, so that a repeat is still told from another message.
 */
export type DialogKey = {
  readonly version: number;
  readonly cipher: KeyObject;
  readonly fingerprint: KeyObject;
  /** Hashes the words that messages are found by. It follows from the fingerprint key, so a rotation leaves it as it is. */
  readonly search: KeyObject;
};

/** The material of a new dialog's key, to be wrapped. */
export function newKeyMaterial(): Uint8Array {
  return randomBytes(CIPHER_KEY_BYTES + FINGERPRINT_KEY_BYTES);
}

/** A new cipher key beside the fingerprint key of an earlier version, to be wrapped. */
export function rotatedMaterial(earlier: Uint8Array): Uint8Array {
  return Buffer.concat([randomBytes(CIPHER_KEY_BYTES), earlier.subarray(CIPHER_KEY_BYTES)]);
}

export function keyOf(material: Uint8Array, version: number): DialogKey {
  if (material.length !== CIPHER_KEY_BYTES + FINGERPRINT_KEY_BYTES)
    throw new Error('a dialog key has the wrong length');
  const fingerprint = createSecretKey(material.subarray(CIPHER_KEY_BYTES));
  return {
    version,
    cipher: createSecretKey(material.subarray(0, CIPHER_KEY_BYTES)),
    fingerprint,
    search: createSecretKey(createHmac('sha256', fingerprint).update('tchat search').digest()),
  };
}

/** Bound to the wrapped key as additional data: it unwraps for this dialog and version only. */
export function keyContext(dialogId: DialogId, version: number): string {
  return `dialog:${dialogId}:${version}`;
}
