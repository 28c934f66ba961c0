import { actingAs } from '#shared/act-as.ts';
import { type MediaId, regionOf, type UserId } from '#shared/ids.ts';
import { type Databases, firstRow, statement } from '#shared/sql.ts';

const HELD = statement(
  'verification.what-is-held',
  `SELECT max(cases.held_until) AS until, coalesce(array_agg(document.id::text) FILTER (WHERE document.id IS NOT NULL), '{}')
     AS media_ids
   FROM verification.cases
   LEFT JOIN verification.submissions ON submissions.case_id = cases.id
   LEFT JOIN LATERAL unnest(submissions.media_ids) AS document (id) ON true
   WHERE cases.owner_id = $1`,
);

export type WhatIsHeld = {
  /** Until when the law has us keep it; absent for someone who was not served on a case. */
  readonly until: Date | undefined;
  /** The files of documents that submissions name, and that therefore stay. */
  readonly mediaIds: readonly MediaId[];
};

/** What is left of someone's cases after they were erased. */
export function makeWhatIsHeld({ databases }: { readonly databases: Databases }) {
  return async (userId: UserId): Promise<WhatIsHeld> => {
    const home = databases.of(regionOf(userId));
    const row = await actingAs(home, userId, (tx) =>
      firstRow<{ until: Date | null; media_ids: MediaId[] }>(tx, HELD, [userId]),
    );
    return { until: row?.until ?? undefined, mediaIds: row?.media_ids ?? [] };
  };
}
