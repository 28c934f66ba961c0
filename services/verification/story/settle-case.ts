import type { NewEvent } from '#shared/events/event.ts';
import type { CaseId, ShopId, UserId } from '#shared/ids.ts';
import type { Tx } from '#shared/sql.ts';
import type { CaseState, Standing } from '#shared/workflows/case.ts';
import type { VerificationPorts } from '../ports.ts';
import { noteUses } from '../document-uses.ts';
import { readCase, readSubmission, withCase } from '../read-case.ts';
import { type CaseRow, moveCase, supersede } from '../store/cases.ts';
import { recount } from '../store/standings.ts';
import { audited, changed, standingChanged, standingOf } from '../told.ts';

export function subjectOf({ owner_id: ownerId, shop_id: shopId }: CaseRow): UserId | ShopId {
  return shopId ?? ownerId;
}

/** Counts what is in force with this case as it is now, and tells of it when it has changed. */
export async function recountFor(ports: VerificationPorts, tx: Tx, row: CaseRow): Promise<Standing> {
  const { standing, changed: isNew } = await recount(tx, row.kind, subjectOf(row), ports.clock());
  if (isNew) {
    const facts = { tier: standing.tier, shopStatus: standing.shop_status ?? '', version: Number(standing.version) };
    await ports.outbox.append(tx, {
      events: [standingChanged(standing)],
      audit: [audited(row, 'standing_changed', facts)],
    });
  }
  return standingOf(standing);
}

/** What is in force once this case's decision counts. Asked before the case is closed, so that nobody sees it too early. */
export function makeGrant(ports: VerificationPorts) {
  return (id: CaseId): Promise<Standing> => withCase(ports, id, (tx, row) => recountFor(ports, tx, row));
}

export type Closed = { readonly state: CaseState; readonly expiresOn: string | null };

/** Puts a decided case to rest, once what it grants is applied; older ones that it renews go out of force. */
export function makeClose(ports: VerificationPorts) {
  return async (id: CaseId): Promise<Closed> => {
    const seen = await readCase(ports, id);
    if (seen.state === 'approved' && ports.documentKey !== undefined) {
      await noteUses(ports, seen, (await readSubmission(ports, seen)).documents);
    }
    const { row, isNew } = await withCase(ports, id, async (tx, row) => {
      if (row.state !== 'approved' && row.state !== 'refused') return { row, isNew: false };
      const at = ports.clock();
      const rests = row.state === 'approved' ? ('verified' as const) : ('rejected' as const);
      const after = await moveCase(tx, row, { state: rests, wanted: [] }, at);
      const events: NewEvent[] = [changed(after, rests)];
      if (rests === 'verified') {
        for (const older of await supersede(tx, after, at)) events.push(changed(older, 'superseded'));
      }
      await ports.outbox.append(tx, { events, audit: [audited(after, rests)] });
      return { row: after, isNew: true };
    });
    if (isNew) ports.meters.ended(row.kind, row.state);
    return { state: row.state, expiresOn: row.state === 'verified' ? row.expires_on : null };
  };
}
