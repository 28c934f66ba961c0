import { actAs } from '#shared/act-as.ts';
import type { CaseId } from '#shared/ids.ts';
import type { CaseState } from '#shared/workflows/case.ts';
import type { VerificationPorts } from '../ports.ts';
import { withCase } from '../read-case.ts';
import { WITHDRAWABLE } from '../rules.ts';
import { moveCase } from '../store/cases.ts';
import { forgetSubmissions } from '../store/erasure.ts';
import { audited, changed } from '../told.ts';

type Ports = Pick<VerificationPorts, 'databases' | 'outbox' | 'files' | 'meters' | 'clock'>;

/**
 * Ends a case for the applicant, who asks for it no more. Nobody was served on what they submitted, so it goes with its key
 * and its files. A repeat changes nothing.
 *
 * @returns where the case is: `withdrawn`, or what keeps it from being so
 */
export function makeWithdraw(ports: Ports) {
  return async (id: CaseId): Promise<CaseState> => {
    const { state, kind, ownerId, mediaIds } = await withCase(ports, id, async (tx, row) => {
      const { kind, owner_id: ownerId } = row;
      if (!WITHDRAWABLE.has(row.state)) return { state: row.state, kind, ownerId, mediaIds: undefined };
      await actAs(tx, ownerId);
      const after = await moveCase(tx, row, { state: 'withdrawn', wanted: [], reason: null }, ports.clock());
      const mediaIds = await forgetSubmissions(tx, id);
      await ports.outbox.append(tx, {
        events: [changed(after, 'withdrawn')],
        audit: [audited(after, 'withdrawn', {}, ownerId)],
      });
      return { state: after.state, kind, ownerId, mediaIds };
    });
    if (mediaIds !== undefined) ports.meters.ended(kind, state);
    // Done after it is written: a crash in between leaves files that the erasure of media finds by their owner.
    for (const mediaId of mediaIds ?? []) await ports.files.remove(mediaId, ownerId);
    return state;
  };
}
