import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { Cursor, limit, NextCursor } from '../../http/paging.ts';
import { REGIONS } from '../../regions.ts';
import { Timestamp } from '../../wire-time.ts';

/** Ids of people and things, and names such as `system`. */
const Name = z.string().regex(/^[\w.:-]{1,100}$/, 'must be an id, or a name of letters, digits, dots and dashes');

const OUTCOMES = ['ok', 'refused', 'failed'] as const;

export const AuditQuery = z.strictObject({
  actor: Name.optional(),
  subject: Name.optional(),
  /** `auth.logged_in`, or `auth` for all of a domain. */
  action: Name.optional(),
  outcome: z.enum(OUTCOMES).optional(),
  region: z.enum(REGIONS).optional(),
  from: Timestamp.optional(),
  /** Exclusive. */
  to: Timestamp.optional(),
  cursor: Cursor.optional(),
  limit: limit(50),
});

const AuditRecord = z
  .object({
    id: z.uuid(),
    /** Its place in the hash chain of its region's database. */
    number: z.number().int(),
    occurred_at: Timestamp,
    /** A user's id, or `system`. */
    actor: z.string(),
    action: z.string(),
    /** The id of what it was done to. */
    subject: z.string(),
    region: z.enum(REGIONS),
    outcome: z.enum(OUTCOMES),
    facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    /** SHA-256 over this record and the hash of the one before it, in hexadecimal. */
    hash: z.string(),
  })
  .meta({ id: 'AuditRecord' });
export type AuditRecord = z.input<typeof AuditRecord>;

export const listAudit = defineCall({
  name: 'listAudit',
  method: 'GET',
  path: '/ops/audit',
  summary: 'Who did what, newest first, without names or numbers; a record is there within a second or so',
  tag: 'ops',
  access: ['ops', 'auditor'],
  query: AuditQuery,
  answers: { 200: z.object({ records: z.array(AuditRecord), next_cursor: NextCursor }) },
  rate: 'read',
});
