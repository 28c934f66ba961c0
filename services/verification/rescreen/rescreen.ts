import { happened } from '#shared/events/event.ts';
import { ListHitChanged } from '#shared/events/verification.ts';
import { regionOf } from '#shared/ids.ts';
import type { RescreeningPlace } from '#shared/workflows/rescreening.ts';
import type { VerificationPorts } from '../ports.ts';
import { homeOf, readSubmission } from '../read-case.ts';
import type { CaseRow } from '../store/cases.ts';
import { audited } from '../told.ts';
import { dueForRescreening, insertHit, saveRescreening } from './rescreen-store.ts';

/** Names looked for in one step: the provider is asked one after the other, each within ten seconds. */
const BATCH_MAX = 10;
/** A name is looked for again after this part of the schedule's interval, so that none that is a little younger waits for two. */
const SCREENED_FOR = 0.8;
const NIL = '00000000-0000-0000-0000-000000000000';

type Ports = Pick<
  VerificationPorts,
  'databases' | 'outbox' | 'clock' | 'screening' | 'keyManagement' | 'meters' | 'rescreenEveryMs'
>;

export type RescreenedBatch = {
  readonly screened: number;
  readonly hits: number;
  /** Where the next step goes on; undefined when every name was looked for. */
  readonly next: RescreeningPlace | undefined;
};

/**
 * Looks for the names of verified people and shops on the lists again, some at a time: lists change every day, and whoever
 * was clear may be on one now. A hit waits for a reviewer, and until then no money of theirs moves.
 *
 * Each name is written down when it was looked for, so that a step that is repeated goes on with the rest.
 *
 * @throws {AppError} UPSTREAM_UNAVAILABLE while the lists cannot be searched
 */
export function makeRescreenBatch(ports: Ports) {
  const databases = ports.databases.all;
  return async (place: RescreeningPlace = { database: 0, after: NIL }): Promise<RescreenedBatch> => {
    const database = databases[place.database];
    if (database === undefined) return { screened: 0, hits: 0, next: undefined };
    const before = new Date(ports.clock().getTime() - SCREENED_FOR * ports.rescreenEveryMs);
    const due = await dueForRescreening(database, place.after, before, BATCH_MAX);
    let hits = 0;
    for (const row of due) hits += (await rescreen(ports, row)) === 'hit' ? 1 : 0;
    const last = due.at(-1);
    const next =
      last !== undefined && due.length === BATCH_MAX
        ? { database: place.database, after: last.id }
        : { database: place.database + 1, after: NIL };
    return { screened: due.length, hits, next: next.database < databases.length ? next : undefined };
  };
}

async function rescreen(ports: Ports, row: CaseRow): Promise<'clear' | 'hit'> {
  const { name, dateOfBirth } = await readSubmission(ports, row);
  const result = await ports.screening.screen({ caseId: row.id, name, dateOfBirth });
  const at = ports.clock();
  await homeOf(ports, row.id).transaction(async (tx) => {
    await saveRescreening(tx, row.id, at);
    const isNew = result === 'hit' && (await insertHit(tx, row.id, regionOf(row.id), at)) !== undefined;
    const found = { case_id: row.id, owner_id: row.owner_id, outcome: 'found' } as const;
    await ports.outbox.append(tx, {
      events: isNew ? [happened(ListHitChanged, row.id, found)] : [],
      audit: [audited(row, 'rescreened', { result }, 'rescreening')],
    });
  });
  if (result === 'hit') ports.meters.listed(row.kind);
  return result;
}
