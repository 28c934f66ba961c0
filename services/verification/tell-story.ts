import type { IdempotencyKey } from '#shared/http/call.ts';
import type { VerificationPorts } from './ports.ts';
import type { CaseRow } from './store/cases.ts';

/**
 * Has the story of a case hear at once that its applicant has submitted again, after that is written. A story that cannot
 * be asked hears of it by the event, and finds the same.
 *
 * @returns whether the applicant is to be told now that something is still wanted. Not who has named the call by a key:
 *   they were promised the same answer each time
 */
export async function answersAtOnce(
  { stories }: Pick<VerificationPorts, 'stories'>,
  taken: CaseRow | undefined,
  key: IdempotencyKey | undefined,
): Promise<boolean> {
  if (taken === undefined || taken.round === 1) return false;
  const found = await stories.answered(taken.kind, taken.id, taken.round);
  return found === 'asking' && key === undefined;
}
