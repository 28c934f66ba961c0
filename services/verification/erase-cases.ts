import { actAs } from '#shared/act-as.ts';
import type { MediaId, UserId } from '#shared/ids.ts';
import { regionOf } from '#shared/ids.ts';
import type { Tx } from '#shared/sql.ts';
import type { CaseState } from '#shared/workflows/case.ts';
import { forgetUses } from './document-uses.ts';
import type { VerificationPorts } from './ports.ts';
import { withCase } from './read-case.ts';
import { KEPT_BY_LAW_MS, UNDER_WAY } from './rules.ts';
import { casesOfOwner, type CaseRow, moveCase } from './store/cases.ts';
import { forgetSubmissions, holdUntil } from './store/erasure.ts';
import { recountFor } from './story/settle-case.ts';
import { audited, changed } from './told.ts';

/** States of cases that someone was served on: how they were identified is kept by law. */
const HELD: ReadonlySet<CaseState> = new Set(['approved', 'verified', 'superseded', 'lapsed']);

export type Erased = {
  /** Cases of which nothing personal is left. */
  readonly erased: number;
  /** Cases that the law has us keep, sealed, for years; they are purged when that time is over. */
  readonly held: number;
};

/**
 * Forgets someone. What is under way ends; what nobody was served on loses its key, and what it sealed; what someone was
 * served on is withdrawn and kept sealed for as long as the law asks. A repeat changes nothing.
 */
export function makeEraseCases(ports: VerificationPorts) {
  return async (userId: UserId): Promise<Erased> => {
    const counts = { erased: 0, held: 0 };
    for (const { id } of await casesOfOwner(ports.databases.of(regionOf(userId)), userId)) {
      const { how, mediaIds } = await withCase(ports, id, (tx, row) => eraseCase(ports, tx, row, userId));
      // Done after it is written: a crash in between leaves files that the erasure of media finds by their owner.
      for (const mediaId of mediaIds) await ports.files.remove(mediaId, userId);
      counts[how] += 1;
    }
    // What is held is held with the documents by which they were known, so that nobody takes them over meanwhile.
    if (counts.held === 0) await forgetUses(ports.databases, userId);
    return counts;
  };
}

async function eraseCase(
  ports: VerificationPorts,
  tx: Tx,
  row: CaseRow,
  actor: UserId,
): Promise<{ how: 'erased' | 'held'; mediaIds: readonly MediaId[] }> {
  await actAs(tx, actor);
  const at = ports.clock();
  const isHeld = HELD.has(row.state) || (row.state === 'withdrawn' && row.sealed_key !== null);
  const ends = UNDER_WAY.has(row.state) || row.state === 'verified';
  const after = ends ? await moveCase(tx, row, { state: 'withdrawn', wanted: [], reason: null }, at) : row;
  const how = isHeld ? 'held' : 'erased';
  const mediaIds = isHeld ? [] : await forgetSubmissions(tx, row.id);
  if (isHeld) await holdUntil(tx, row.id, new Date(at.getTime() + KEPT_BY_LAW_MS));
  if (row.state !== after.state) await recountFor(ports, tx, after);
  await ports.outbox.append(tx, {
    events: ends ? [changed(after, 'withdrawn')] : [],
    audit: [audited(after, 'erased', { how }, actor)],
  });
  return { how, mediaIds };
}
