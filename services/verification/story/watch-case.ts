import type { CaseId } from '#shared/ids.ts';
import type { CaseState, Standing } from '#shared/workflows/case.ts';
import type { VerificationPorts } from '../ports.ts';
import { withCase } from '../read-case.ts';
import { moveCase } from '../store/cases.ts';
import { audited, changed } from '../told.ts';
import { recountFor } from './settle-case.ts';

/** A document will expire: the applicant is told that the case is to be renewed. */
export function makeRemind(ports: VerificationPorts) {
  return (id: CaseId, daysLeft: number): Promise<CaseState> =>
    withCase(ports, id, async (tx, row) => {
      if (row.state !== 'verified') return row.state;
      await ports.outbox.append(tx, {
        events: [changed(row, 'reminded')],
        audit: [audited(row, 'reminded', { daysLeft })],
      });
      return row.state;
    });
}

/** A document has expired and nothing has come in its place: what rests on it goes. */
export function makeLapse(ports: VerificationPorts) {
  return async (id: CaseId): Promise<Standing> => {
    const { standing, lapsed, kind } = await withCase(ports, id, async (tx, row) => {
      const isDue = row.state === 'verified';
      const after = isDue ? await moveCase(tx, row, { state: 'lapsed' }, ports.clock()) : row;
      if (isDue)
        await ports.outbox.append(tx, { events: [changed(after, 'lapsed')], audit: [audited(after, 'lapsed')] });
      return { standing: await recountFor(ports, tx, after), lapsed: isDue, kind: row.kind };
    });
    if (lapsed) ports.meters.ended(kind, 'lapsed');
    return standing;
  };
}
