import type { CaseId } from '#shared/ids.ts';
import type { CaseState } from '#shared/workflows/case.ts';
import type { VerificationPorts } from '../ports.ts';
import { readCase, withCase } from '../read-case.ts';
import { moveCase } from '../store/cases.ts';
import { audited, changed } from '../told.ts';

/** Where a case is. What woke its workflow said nothing: only the row counts, so a forged signal decides nothing. */
export function makeLookAt(ports: VerificationPorts) {
  return async (id: CaseId): Promise<CaseState> => (await readCase(ports, id)).state;
}

/** Nobody has decided in time: operators are told, once for each level. */
export function makeEscalate(ports: VerificationPorts) {
  return async (id: CaseId, level: number): Promise<CaseState> => {
    const { state, isNew, kind } = await withCase(ports, id, async (tx, row) => {
      if (row.state !== 'review' || row.escalations >= level) return { ...row, isNew: false };
      const after = await moveCase(tx, row, { escalations: level }, ports.clock());
      await ports.outbox.append(tx, {
        events: [changed(after, 'escalated')],
        audit: [audited(after, 'escalated', { level })],
      });
      return { ...after, isNew: true };
    });
    if (isNew) {
      ports.meters.escalated(kind);
      ports.log.warn({ caseId: id, level }, 'a review is overdue');
    }
    return state;
  };
}

/** The applicant did not answer: the case ends, and another can be opened. */
export function makeAbandon(ports: VerificationPorts) {
  return (id: CaseId): Promise<CaseState> =>
    withCase(ports, id, async (tx, row) => {
      if (row.state !== 'asking') return row.state;
      const at = ports.clock();
      const after = await moveCase(tx, row, { state: 'refused', reason: 'not_answered', decided_at: at }, at);
      await ports.outbox.append(tx, { audit: [audited(after, 'abandoned')] });
      return after.state;
    });
}
