import type { Caller } from '#shared/caller.ts';
import type { ListHit, ListHitDecision } from '#shared/contracts/verification/list-hits.ts';
import { AppError } from '#shared/errors.ts';
import { happened } from '#shared/events/event.ts';
import { ListHitChanged } from '#shared/events/verification.ts';
import { encodeCursor, idAfter } from '#shared/http/paging.ts';
import { ListHitId, regionOf } from '#shared/ids.ts';
import type { VerificationPorts } from '../ports.ts';
import { readCase } from '../read-case.ts';
import { audited } from '../told.ts';
import { decideHit, lockHit, openHits } from './rescreen-store.ts';

const NIL = '00000000-0000-0000-0000-000000000000';

type Ports = Pick<VerificationPorts, 'databases' | 'outbox' | 'clock'>;

/**
 * Verified people and shops who have come to be on a list, of all regions, the oldest first. Who they are the review of the
 * case tells, where each reading is audited.
 *
 * @throws {AppError} VALIDATION_ERROR for a cursor that is not ours
 */
export function makeListHits(ports: Ports) {
  return async ({ cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number }) => {
    const after = idAfter(cursor, ListHitId) ?? NIL;
    const found = await Promise.all(ports.databases.all.map((database) => openHits(database, after, limit + 1)));
    const rows = found.flat().toSorted((one, other) => (one.id < other.id ? -1 : 1));
    const page = rows.slice(0, limit);
    const hits: ListHit[] = await Promise.all(
      page.map(async ({ id, case_id: caseId, found_at: foundAt }) => {
        const { kind, owner_id, shop_id } = await readCase(ports, caseId);
        return { id, case_id: caseId, kind, owner_id, shop_id, found_at: foundAt.toISOString() };
      }),
    );
    const last = page.at(-1);
    return { hits, next_cursor: rows.length > limit && last !== undefined ? encodeCursor([last.id]) : null };
  };
}

/**
 * Decides on a hit: `clear` when it is somebody else of that name, `confirm` when it is not, and then their money stays where
 * it is. The same decision again changes nothing.
 *
 * @throws {AppError} NOT_FOUND, FORBIDDEN for one's own, CONFLICT when it was decided otherwise
 */
export function makeDecideHit(ports: Ports) {
  const { databases, outbox, clock } = ports;
  return async ({ userId }: Caller, id: ListHitId, { decision, reason }: ListHitDecision): Promise<void> => {
    const outcome = decision === 'clear' ? 'cleared' : 'confirmed';
    await databases.of(regionOf(id)).transaction(async (tx) => {
      const hit = await lockHit(tx, id);
      if (hit === undefined) throw new AppError('NOT_FOUND');
      const row = await readCase(ports, hit.case_id);
      if (row.owner_id === userId) {
        throw new AppError('FORBIDDEN', { message: 'This is about you: someone else must decide' });
      }
      if (hit.decision === outcome) return;
      if (hit.decision !== null) throw new AppError('CONFLICT', { message: 'It was decided otherwise already' });
      await decideHit(tx, id, { decision: outcome, reason: reason ?? null, by: userId, at: clock() });
      await outbox.append(tx, {
        events: [happened(ListHitChanged, row.id, { case_id: row.id, owner_id: row.owner_id, outcome })],
        audit: [audited(row, 'list_hit_decided', { outcome }, userId)],
      });
    });
  };
}
