import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Document } from '#shared/contracts/verification/document.ts';
import type { ShopAddress } from '#shared/contracts/commerce/shop.ts';
import type { CaseId } from '#shared/ids.ts';

const ALGORITHM = 'aes-256-gcm';
export const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What an applicant wrote. Days are `2031-05-01`, numbers are bare. */
export type Submission = {
  /** The person's name, or the legal name of the business. */
  readonly name: string;
  readonly dateOfBirth?: string;
  readonly registrationNumber?: string;
  readonly address?: ShopAddress;
  readonly documents: readonly Document[];
};

/** Whose submission it is. One that is moved to another case or round does not open. */
export type SealedPlace = { readonly caseId: CaseId; readonly round: number };

/** A submission as it rests: a random nonce, the text, the tag. A case's key seals a few dozen of them at most. */
export function seal(key: Uint8Array, place: SealedPlace, submission: Submission): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(additionalData(place));
  return Buffer.concat([nonce, cipher.update(JSON.stringify(submission)), cipher.final(), cipher.getAuthTag()]);
}

/** @throws when a byte was changed, or it is another's */
export function open(key: Uint8Array, place: SealedPlace, sealed: Uint8Array): Submission {
  const tagAt = sealed.length - TAG_BYTES;
  if (tagAt < NONCE_BYTES) throw new Error(`the submission of case ${place.caseId} is too short`);
  const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(additionalData(place));
  decipher.setAuthTag(sealed.subarray(tagAt));
  const text = Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, tagAt)), decipher.final()]).toString();
  return JSON.parse(text) as Submission;
}

function additionalData({ caseId, round }: SealedPlace): Buffer {
  return Buffer.from(`verification:${caseId}:${round}`, 'latin1');
}

/** Bound to the wrapped key as additional data: it unwraps for this case only. */
export function keyContext(caseId: CaseId): string {
  return `verification:${caseId}`;
}
