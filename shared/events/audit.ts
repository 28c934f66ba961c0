import { z } from 'zod';
import { REGIONS } from '../regions.ts';
import { defineEvent } from './event.ts';

export const AuditRecorded = defineEvent(
  'audit.recorded',
  1,
  z.object({
    actor: z.string(),
    action: z.string(),
    subject: z.string(),
    region: z.enum(REGIONS),
    outcome: z.enum(['ok', 'refused', 'failed']),
    facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  }),
  { says: 'Something happened that auditors will ask about.', key: 'subject' },
);

/** Type and version of {@link AuditRecorded}, for writers. */
export const AUDIT_EVENT = { type: AuditRecorded.type, version: AuditRecorded.version };
