import type { DocumentType, Wanted } from '#shared/contracts/verification/document.ts';
import type { CaseId } from '#shared/ids.ts';
import type { VerificationPorts } from './ports.ts';
import { homeOf, readSubmission } from './read-case.ts';
import { findCase } from './store/cases.ts';

/** What an applicant is told of a case in a notification. */
export type CaseFacts = {
  readonly tier: number | undefined;
  readonly reason: string | undefined;
  /** Undefined when nothing is asked for. */
  readonly wanted: readonly Wanted[] | undefined;
  /** ISO 8601: the first moment at which what it rests on is no longer good. */
  readonly expiresAt: string | undefined;
};

/** Undefined when there is no such case. */
export async function caseFacts(
  ports: Pick<VerificationPorts, 'databases'>,
  id: CaseId,
): Promise<CaseFacts | undefined> {
  const row = await findCase(homeOf(ports, id), id);
  if (row === undefined) return undefined;
  return {
    tier: row.tier ?? undefined,
    reason: row.reason ?? undefined,
    wanted: row.wanted.length === 0 ? undefined : row.wanted,
    expiresAt: row.expires_on === null ? undefined : `${row.expires_on}T00:00:00.000Z`,
  };
}

/** The kind of the document that runs out first; undefined when none does. Nothing else of what is sealed leaves here. */
export async function expiringDocument(
  ports: Pick<VerificationPorts, 'databases' | 'keyManagement'>,
  id: CaseId,
): Promise<DocumentType | undefined> {
  const row = await findCase(homeOf(ports, id), id);
  if (row === undefined || row.sealed_key === null) return undefined;
  const { documents } = await readSubmission(ports, row);
  const dated = documents.filter(({ expires_at }) => expires_at !== undefined);
  return dated.toSorted((a, b) => (a.expires_at! < b.expires_at! ? -1 : 1))[0]?.type;
}
