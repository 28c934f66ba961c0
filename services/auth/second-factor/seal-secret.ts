import { randomBytes } from 'node:crypto';
import type { UserId } from '#shared/ids.ts';
import { seal, unseal } from '../sealed.ts';
import { hmac, type Secrets, sha256 } from '../secrets.ts';
import { base32 } from './totp.ts';

const RECOVERY_CODES = 10;
/** 75 bits as fifteen letters: not to be guessed, and short enough to write down. */
const RECOVERY_LETTERS = 15;
/** 200 bits. */
const ENROLMENT_BYTES = 25;

/** Seals the secret of an authenticator, bound to its account. */
export function sealSecret(secrets: Secrets, userId: UserId, secret: Uint8Array): Buffer {
  return seal(secrets.totpSeal, Buffer.from(userId), secret);
}

/** @throws when it was sealed for another account, by another key, or changed since */
export function openSecret(secrets: Secrets, userId: UserId, sealed: Uint8Array): Buffer {
  return unseal(secrets.totpSeal, Buffer.from(userId), sealed);
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
