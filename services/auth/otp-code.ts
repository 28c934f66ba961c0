import { randomInt } from 'node:crypto';
import type { ChallengeId } from '#shared/ids.ts';
import { seal, unseal } from './sealed.ts';
import { hmac, keyObject, type Secrets, sha256 } from './secrets.ts';

/** One million codes: with five guesses a challenge, a guesser wins once in 200,000. */
const CODES = 1_000_000;

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

/** What a challenge keeps of its code: sha256(digest || id), as `auth.judge_guesses` computes it. */
export function codeHash(digest: Uint8Array, challengeId: ChallengeId): Buffer {
  return sha256(digest, idBytes(challengeId));
}

/** Seals a code for the one who sends it, bound to its challenge. */
export function sealCode(secrets: Secrets, challengeId: ChallengeId, code: string): Buffer {
  return seal(keyObject(secrets.otpSeal), idBytes(challengeId), Buffer.from(code));
}

/** @throws when it was sealed for another challenge, by another key, or changed since */
export function openCode(secrets: Secrets, challengeId: ChallengeId, sealed: Uint8Array): string {
  return unseal(keyObject(secrets.otpSeal), idBytes(challengeId), sealed).toString();
}

function idBytes(id: ChallengeId): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}
