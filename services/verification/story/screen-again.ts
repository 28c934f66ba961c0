import type { CaseId } from '#shared/ids.ts';
import type { CaseState } from '#shared/workflows/case.ts';
import type { VerificationPorts } from '../ports.ts';
import { readCase, withCase } from '../read-case.ts';
import { moveCase } from '../store/cases.ts';
import { audited, changed } from '../told.ts';
import { screen } from './check-case.ts';

/**
 * Looks for the applicant on lists once more, for a case that reviewers have approved. A hit that they have not known of
 * gives it back to them for a new vote over the same papers: who approved without knowing of it has not approved of it.
 *
 * @returns `approved` when nothing has changed, `review` when it has
 */
export function makeScreenAgain(ports: VerificationPorts) {
  return async (id: CaseId): Promise<CaseState> => {
    const seen = await readCase(ports, id);
    const isKnown = seen.doubts.includes('screening_hit');
    if (seen.state !== 'approved' || isKnown || (await screen(ports, seen)) === 'clear') return seen.state;
    return await withCase(ports, id, async (tx, row) => {
      if (row.state !== 'approved' || row.round !== seen.round) return row.state;
      const at = ports.clock();
      const back = await moveCase(
        tx,
        row,
        {
          state: 'review',
          round: row.round + 1,
          submission: row.submission,
          risk: 'high',
          doubts: [...row.doubts, 'screening_hit'],
          waiting_since: at,
          due_at: new Date(at.getTime() + ports.reviewSlaMs),
          escalations: 0,
          decided_at: null,
        },
        at,
      );
      await ports.outbox.append(tx, {
        events: [changed(back, 'review')],
        audit: [audited(back, 'screened_again', { result: 'hit' })],
      });
      return back.state;
    });
  };
}
