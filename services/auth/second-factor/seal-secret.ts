import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { UserId } from '#shared/ids.ts';
import { hmac, type Secrets, sha256 } from '../secrets.ts';
import { base32 } from './totp.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const RECOVERY_CODES = 10;
/** 75 bits as fifteen letters: not to be guessed, and short enough to write down. */
const RECOVERY_LETTERS = 15;
/** 200 bits. */
const ENROLMENT_BYTES = 25;

/** Seals the secret of an authenticator: AES-256-GCM, bound to its account. */
export function sealSecret(secrets: Secrets, userId: UserId, secret: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', secrets.totpSeal, nonce).setAAD(Buffer.from(userId));
  return Buffer.concat([nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
}

/** @throws when it was sealed for another account, by another key, or changed since */
export function openSecret(secrets: Secrets, userId: UserId, sealed: Uint8Array): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', secrets.totpSeal, sealed.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(userId)).setAuthTag(sealed.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
}

/** Ten codes, each in three groups of five. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: RECOVERY_CODES }, () => {
    const letters = base32(randomBytes(RECOVERY_LETTERS)).slice(0, RECOVERY_LETTERS);
    return letters.match(/.{5}/g)!.join('-');
  });
}

/** What is stored of a recovery code, however it is spelled. */
export function recoveryHash(secrets: Secrets, userId: UserId, code: string): Buffer {
  return hmac(secrets.recoveryCode, userId, code.toUpperCase().replaceAll(/[\s-]/g, ''));
}

/** What whoever gives a role hands over, so that the one who enrols is the one who was meant. */
export function newEnrolmentCode(): string {
  return base32(randomBytes(ENROLMENT_BYTES));
}

export function enrolmentHash(code: string): Buffer {
  return sha256('enrolment\0', code.toUpperCase().replaceAll(/[\s-]/g, ''));
}
