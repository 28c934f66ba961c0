import { z } from 'zod';
import { MediaId } from '../../ids.ts';
import { Country } from '../../regions.ts';
import { words } from '../text.ts';

/** Documents that show a business, rather than who someone is. */
export const BUSINESS_TYPES = [
  'business_registration',
  'juristic_id',
  'uen',
  'nib',
  'ssm',
  'sec',
  'dti',
  'mst',
] as const;

/**
 * The documents that we know. `national_id` and `business_registration` are whatever the country of the document has;
 * the names after them are those of single countries.
 */
export const DOCUMENT_TYPES = [
  'national_id',
  'passport',
  'driving_licence',
  'tax_id',
  'proof_of_address',
  'nric',
  'fin',
  'nik',
  'npwp',
  'mykad',
  'philsys',
  'cccd',
  ...BUSINESS_TYPES,
] as const;
export const DocumentType = z.enum(DOCUMENT_TYPES);
export type DocumentType = z.infer<typeof DocumentType>;

const DATE = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/;

/** A day of the Gregorian calendar. A moment is taken too, and stands for the day that it names. */
export const CalendarDay = z
  .string()
  .regex(DATE, 'must be a date such as 2031-05-01')
  .refine((text) => isDay(text.slice(0, 10)) && !Number.isNaN(Date.parse(text)), 'is no day of the calendar');

/** Whether `2031-02-29` and the like exist. */
function isDay(day: string): boolean {
  const at = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(day);
}

export const DOCUMENTS_MAX = 10;

export const Document = z.strictObject({
  type: DocumentType,
  /** As it is printed; spaces, dots and dashes do not count. */
  number: words(50),
  country: Country,
  issued_at: CalendarDay.optional(),
  /**
   * The first day on which it is no longer good. Must be given for what expires: passports and driving licences
   * everywhere, a FIN, a Vietnamese personal id of someone under 58, a DTI registration.
   */
  expires_at: CalendarDay.optional(),
  /** A file of purpose `kyc` that the applicant has stored. */
  media_id: MediaId.optional(),
});
export type Document = z.infer<typeof Document>;

/** What may still be asked of an applicant: a field, or a document. */
export const WANTED = ['full_name', 'legal_name', 'date_of_birth', 'address', ...DOCUMENT_TYPES] as const;
export const Wanted = z.enum(WANTED);
export type Wanted = z.infer<typeof Wanted>;

/**
 * How a case stands. `pending`: being checked, or its outcome is being applied; `in_review`: a person looks at it;
 * `action_required`: the applicant is asked for what `wanted` lists; `expired`: it was verified until a document ran out.
 */
export const CASE_STATUSES = [
  'none',
  'pending',
  'in_review',
  'action_required',
  'verified',
  'rejected',
  'expired',
  'withdrawn',
] as const;
export const CaseStatus = z.enum(CASE_STATUSES);
export type CaseStatus = z.infer<typeof CaseStatus>;
