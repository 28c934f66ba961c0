import type { CaseKind } from '#shared/contracts/verification/reviews.ts';
import type { ShopId, UserId } from '#shared/ids.ts';
import { firstRow, type Sql, statement, type Tx } from '#shared/sql.ts';

export type StandingRow = {
  readonly subject_id: UserId | ShopId;
  readonly kind: CaseKind;
  readonly tier: number;
  readonly shop_status: 'pending' | 'verified' | 'rejected' | null;
  readonly version: bigint;
};

const FIND = statement(
  'verification.find-standing',
  `SELECT standings.subject_id, standings.kind, standings.tier, standings.shop_status, standings.version
   FROM verification.standings WHERE standings.subject_id = $1`,
);

/** What is in force; undefined for whoever has never had a case decided. */
export function findStanding(sql: Sql, subjectId: UserId | ShopId): Promise<StandingRow | undefined> {
  return firstRow<StandingRow>(sql, FIND, [subjectId]);
}

// Cases of one subject that end side by side are counted one after the other, each seeing what the one before has done.
const LOCK = statement(
  'verification.lock-standing',
  `SELECT pg_advisory_xact_lock(hashtextextended('verification.standing ' || $1::text, 0))`,
);
const COUNT_PERSON = statement(
  'verification.count-person',
  `SELECT coalesce(max(cases.tier), 0)::int AS tier, NULL AS shop_status FROM verification.cases
   WHERE cases.owner_id = $1 AND cases.kind = 'kyc' AND cases.state IN ('approved', 'verified')`,
);
const COUNT_SHOP = statement(
  'verification.count-shop',
  `SELECT 0 AS tier, CASE
     WHEN bool_or(cases.state IN ('approved', 'verified')) THEN 'verified'
     WHEN (array_agg(cases.state ORDER BY cases.id DESC))[1] IN ('refused', 'rejected') THEN 'rejected'
     ELSE 'pending' END AS shop_status
   FROM verification.cases WHERE cases.shop_id = $1 AND cases.kind = 'kyb'`,
);
const SAVE = statement(
  'verification.save-standing',
  `INSERT INTO verification.standings AS standing (subject_id, kind, tier, shop_status, version, updated_at)
   VALUES ($1, $2, $3, $4, 1, $5)
   ON CONFLICT (subject_id) DO UPDATE SET tier = excluded.tier, shop_status = excluded.shop_status,
     version = standing.version + 1, updated_at = excluded.updated_at
     WHERE (standing.tier, standing.shop_status) IS DISTINCT FROM (excluded.tier, excluded.shop_status)
   RETURNING standing.version`,
);

/**
 * Counts anew what is in force, from the cases as they are in this transaction.
 *
 * @returns the standing, and whether this has changed it
 */
export async function recount(
  tx: Tx,
  kind: CaseKind,
  subjectId: UserId | ShopId,
  at: Date,
): Promise<{ readonly standing: StandingRow; readonly changed: boolean }> {
  await tx.rows(LOCK, [subjectId]);
  const count = kind === 'kyc' ? COUNT_PERSON : COUNT_SHOP;
  const counted = await firstRow<Pick<StandingRow, 'tier' | 'shop_status'>>(tx, count, [subjectId]);
  const { tier, shop_status } = counted!;
  const saved = await firstRow(tx, SAVE, [subjectId, kind, tier, shop_status, at]);
  const standing = await findStanding(tx, subjectId);
  return { standing: standing!, changed: saved !== undefined };
}
