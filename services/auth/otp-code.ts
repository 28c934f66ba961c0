import { createCipheriv, createDecipheriv, randomBytes, randomInt } from 'node:crypto';
import type { ChallengeId } from '#shared/ids.ts';
import { hmac, keyObject, type Secrets, sha256 } from './secrets.ts';

/** One million codes: with five guesses a challenge, a guesser wins once in 200,000. */
const CODES = 1_000_000;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Six digits from the system's random source, each code as likely as the next. */
export function newCode(): string {
  return randomInt(CODES).toString().padStart(6, '0');
}

/**
 * The keyed digest of a code for a phone number. It is all that the database is asked about; there it is hashed once
 * more with the id of the challenge, so that a code fits the one challenge that it was made for.
 */
export function codeDigest(secrets: Secrets, phoneNumber: string, code: string): Buffer {
  return hmac(secrets.otpDigest, phoneNumber, code);
}

/** What a challenge keeps of its code: sha256(digest || id), as `auth.judge_codes` computes it. */
export function codeHash(digest: Uint8Array, challengeId: ChallengeId): Buffer {
  return sha256(digest, idBytes(challengeId));
}

/** Seals a code for the one who sends it: AES-256-GCM, bound to its challenge. */
export function sealCode(secrets: Secrets, challengeId: ChallengeId, code: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', keyObject(secrets.otpSeal), nonce).setAAD(idBytes(challengeId));
  return Buffer.concat([nonce, cipher.update(code, 'utf8'), cipher.final(), cipher.getAuthTag()]);
}

/** @throws when it was sealed for another challenge, by another key, or changed since */
export function openCode(secrets: Secrets, challengeId: ChallengeId, sealed: Uint8Array): string {
  const decipher = createDecipheriv('aes-256-gcm', keyObject(secrets.otpSeal), sealed.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(idBytes(challengeId)).setAuthTag(sealed.subarray(-TAG_BYTES));
  return decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
}

function idBytes(id: ChallengeId): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}
