import type { Document } from '#shared/contracts/verification/document.ts';
import { AppError, type FieldFault } from '#shared/errors.ts';
import type { MediaId, UserId } from '#shared/ids.ts';
import type { Country } from '#shared/regions.ts';
import { readNumber } from './numbers/read-number.ts';
import type { VerificationPorts } from './ports.ts';
import { birthFault } from './rules.ts';
import type { Submission } from './sealing/sealed-submission.ts';
import { expiryFault, expiryOf } from './validity.ts';

const DAY_LENGTH = '2026-11-24'.length;

/** What an applicant wrote of themselves, as the contract took it. */
export type PersonWords = Pick<Submission, 'name' | 'address'> & { readonly dateOfBirth: string };

/** What an applicant wrote of their business. */
export type BusinessWords = Pick<Submission, 'name'> & {
  readonly registrationNumber: string;
  readonly country: Country;
};

/**
 * A submission whose every number is one that its country may have given, in its bare form.
 *
 * @throws {AppError} VALIDATION_ERROR with every fault at its field
 */
export function acceptSubmission(
  words: PersonWords | BusinessWords,
  documents: readonly Document[],
  today: string,
): Submission {
  const faults: FieldFault[] = [];
  const bornOn = 'dateOfBirth' in words ? words.dateOfBirth.slice(0, DAY_LENGTH) : undefined;
  const read = documents.map((document, place) =>
    acceptDocument(document, `documents.${place}`, bornOn, today, faults),
  );
  const submission = 'dateOfBirth' in words ? acceptPerson(words, today, faults) : acceptBusiness(words, today, faults);
  if (faults.length > 0) throw new AppError('VALIDATION_ERROR', { details: faults });
  return { ...submission, documents: read };
}

function acceptPerson({ name, address, dateOfBirth }: PersonWords, today: string, faults: FieldFault[]) {
  const day = dateOfBirth.slice(0, DAY_LENGTH);
  const fault = birthFault(day, today);
  if (fault !== undefined) faults.push({ path: 'date_of_birth', message: fault });
  return { name, dateOfBirth: day, ...(address === undefined ? {} : { address }) };
}

function acceptBusiness({ name, registrationNumber, country }: BusinessWords, today: string, faults: FieldFault[]) {
  const read = readNumber('business_registration', country, registrationNumber, today);
  if ('fault' in read) {
    faults.push({ path: 'registration_number', message: read.fault });
    return { name };
  }
  return { name, registrationNumber: read.number };
}

function acceptDocument(
  document: Document,
  path: string,
  bornOn: string | undefined,
  today: string,
  faults: FieldFault[],
): Document {
  const { issued_at: issuedAt, expires_at: expiresAt, ...rest } = document;
  const read = readNumber(document.type, document.country, document.number, today);
  if ('fault' in read) faults.push({ path: `${path}.number`, message: read.fault });
  const [issued, expires] = [issuedAt?.slice(0, DAY_LENGTH), expiresAt?.slice(0, DAY_LENGTH)];
  if (issued !== undefined && issued > today)
    faults.push({ path: `${path}.issued_at`, message: 'must not be to come' });
  const given = {
    ...rest,
    number: 'number' in read ? read.number : document.number,
    ...(issued === undefined ? {} : { issued_at: issued }),
    ...(expires === undefined ? {} : { expires_at: expires }),
  };
  const until = expiryOf(given, bornOn, today);
  const accepted = until === undefined ? given : { ...given, expires_at: until };
  const fault = expiryFault(accepted, bornOn, today);
  if (fault !== undefined) faults.push({ path: `${path}.expires_at`, message: fault });
  return accepted;
}

/**
 * Has the files of the documents kept. Done before the submission is written, so that none is ever without its files; of
 * one that then fails, a file stays that only its owner and reviewers can read.
 *
 * @throws {AppError} VALIDATION_ERROR at a file that is not this person's, or was not stored for this
 */
export async function keepFiles(
  { files }: Pick<VerificationPorts, 'files'>,
  ownerId: UserId,
  documents: readonly Document[],
): Promise<MediaId[]> {
  const kept: MediaId[] = [];
  const faults: FieldFault[] = [];
  for (const [place, { media_id: mediaId }] of documents.entries()) {
    if (mediaId === undefined) continue;
    if ((await files.keep(mediaId, ownerId)) === 'kept') kept.push(mediaId);
    else faults.push({ path: `documents.${place}.media_id`, message: 'is no file that you have stored as kyc' });
  }
  if (faults.length > 0) throw new AppError('VALIDATION_ERROR', { details: faults });
  return kept;
}
