import type { Wanted } from '#shared/contracts/verification/document.ts';
import type { CaseKind, Doubt, Risk } from '#shared/contracts/verification/reviews.ts';
import type { CaseId, ShopId, UserId } from '#shared/ids.ts';
import type { WrappedKey } from '#shared/key-management.ts';
import type { Country } from '#shared/regions.ts';
import { firstRow, type Sql, statement, type Tx } from '#shared/sql.ts';
import type { CaseState } from '#shared/workflows/case.ts';

export type CaseRow = {
  readonly id: CaseId;
  readonly kind: CaseKind;
  readonly owner_id: UserId;
  readonly shop_id: ShopId | null;
  readonly country: Country;
  readonly tier: number | null;
  readonly state: CaseState;
  /** One vote on one submission. */
  readonly round: number;
  /** The round with which the submission came that is judged: an earlier one where only the vote began anew. */
  readonly submission: number;
  readonly risk: Risk;
  readonly doubts: readonly Doubt[];
  readonly wanted: readonly Wanted[];
  readonly reason: string | null;
  readonly waiting_since: Date | null;
  readonly due_at: Date | null;
  readonly escalations: number;
  /** `2031-05-01` */
  readonly expires_on: string | null;
  readonly wrapped_by: string | null;
  readonly sealed_key: Uint8Array | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly decided_at: Date | null;
};

export const COLUMNS = `cases.id, cases.kind, cases.owner_id, cases.shop_id, cases.country, cases.tier, cases.state,
  cases.round, coalesce(cases.submission, cases.round) AS submission, cases.risk, cases.doubts, cases.wanted, cases.reason, cases.waiting_since, cases.due_at,
  cases.escalations, cases.expires_on::text, cases.wrapped_by, cases.sealed_key, cases.created_at, cases.updated_at,
  cases.decided_at`;

const INSERT = statement(
  'verification.insert-case',
  `INSERT INTO verification.cases (id, kind, owner_id, shop_id, country, tier, state, wrapped_by, sealed_key,
     created_at, updated_at)
   VALUES ($1, $2, $3, $4, $5, $6, 'checking', $7, $8, $9, $9)
   ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`,
);

export type NewCase = Pick<CaseRow, 'id' | 'kind' | 'owner_id' | 'shop_id' | 'country' | 'tier'> & {
  readonly key: WrappedKey;
  readonly at: Date;
};

/** Undefined when a case of this person, or shop, has come to be under way meanwhile. */
export function insertCase(tx: Tx, made: NewCase): Promise<CaseRow | undefined> {
  const { id, kind, owner_id, shop_id, country, tier, key, at } = made;
  return firstRow<CaseRow>(tx, INSERT, [id, kind, owner_id, shop_id, country, tier, key.wrappedBy, key.sealed, at]);
}

const FIND = statement('verification.find-case', `SELECT ${COLUMNS} FROM verification.cases WHERE cases.id = $1`);

export function findCase(sql: Sql, id: CaseId): Promise<CaseRow | undefined> {
  return firstRow<CaseRow>(sql, FIND, [id]);
}

const LOCK = statement(
  'verification.lock-case',
  `SELECT ${COLUMNS} FROM verification.cases WHERE cases.id = $1 FOR NO KEY UPDATE`,
);

/** The case, kept from other writers until the transaction ends. */
export function lockCase(tx: Tx, id: CaseId): Promise<CaseRow | undefined> {
  return firstRow<CaseRow>(tx, LOCK, [id]);
}

const LATEST_OF_PERSON = statement(
  'verification.latest-case-of-person',
  `SELECT ${COLUMNS} FROM verification.cases WHERE cases.owner_id = $1 AND cases.kind = 'kyc'
   ORDER BY cases.id DESC LIMIT 1`,
);
const LATEST_OF_SHOP = statement(
  'verification.latest-case-of-shop',
  `SELECT ${COLUMNS} FROM verification.cases WHERE cases.shop_id = $1 AND cases.kind = 'kyb'
   ORDER BY cases.id DESC LIMIT 1`,
);

/** Whom a case is about. */
export type Subject =
  | { readonly kind: 'kyc'; readonly userId: UserId }
  | { readonly kind: 'kyb'; readonly shopId: ShopId };

export function latestCase(sql: Sql, subject: Subject): Promise<CaseRow | undefined> {
  if (subject.kind === 'kyc') return firstRow<CaseRow>(sql, LATEST_OF_PERSON, [subject.userId]);
  return firstRow<CaseRow>(sql, LATEST_OF_SHOP, [subject.shopId]);
}

const ALL_OF_OWNER = statement(
  'verification.cases-of-owner',
  `SELECT ${COLUMNS} FROM verification.cases WHERE cases.owner_id = $1 ORDER BY cases.id`,
);

/** Every case that someone has ever opened, of themselves and of their shops. */
export function casesOfOwner(sql: Sql, ownerId: UserId): Promise<CaseRow[]> {
  return sql.rows<CaseRow>(ALL_OF_OWNER, [ownerId]);
}

const MOVE = statement(
  'verification.move-case',
  `UPDATE verification.cases SET state = $2, round = $3, risk = $4, doubts = $5, wanted = $6, reason = $7,
     waiting_since = $8, due_at = $9, escalations = $10, expires_on = $11, decided_at = $12, updated_at = $13,
     submission = nullif($14::smallint, $3)
   WHERE cases.id = $1 RETURNING ${COLUMNS}`,
);

/** What of a case changes as it goes on. */
export type Move = Partial<
  Pick<CaseRow, 'state' | 'round' | 'submission' | 'risk' | 'doubts' | 'wanted' | 'reason' | 'escalations'> &
    Pick<CaseRow, 'expires_on' | 'waiting_since' | 'due_at' | 'decided_at'>
>;

/** Writes what changes; the rest stays, except that a case in another state than `asking` and `review` waits for nobody. */
export async function moveCase(tx: Tx, before: CaseRow, move: Move, at: Date): Promise<CaseRow> {
  const after = { ...before, ...move };
  const isWaiting = after.state === 'asking' || after.state === 'review';
  const row = await firstRow<CaseRow>(tx, MOVE, [
    after.id,
    after.state,
    after.round,
    after.risk,
    after.doubts,
    after.wanted,
    after.reason,
    isWaiting ? after.waiting_since : null,
    after.state === 'review' ? after.due_at : null,
    after.escalations,
    after.expires_on,
    after.decided_at,
    at,
    after.submission,
  ]);
  return row!;
}

const SUPERSEDE = statement(
  'verification.supersede-cases',
  `UPDATE verification.cases SET state = 'superseded', updated_at = $5
   WHERE cases.owner_id = $1 AND cases.kind = $2 AND cases.shop_id IS NOT DISTINCT FROM $3 AND cases.state = 'verified'
     AND cases.tier IS NOT DISTINCT FROM $6 AND cases.id <> $4
   RETURNING ${COLUMNS}`,
);

/** The older verified cases of the same tier, or shop, in whose place this one has come. */
export function supersede(tx: Tx, by: CaseRow, at: Date): Promise<CaseRow[]> {
  return tx.rows<CaseRow>(SUPERSEDE, [by.owner_id, by.kind, by.shop_id, by.id, at, by.tier]);
}

const WRAPPED_BY_OTHERS = statement(
  'verification.wrapped-by-others',
  `SELECT ${COLUMNS} FROM verification.cases WHERE cases.wrapped_by < $1 OR cases.wrapped_by > $1 LIMIT $2`,
);

/** Cases whose key another wrapping key than this one has wrapped. */
export function findWrappedByOthers(sql: Sql, wrapsBy: string, limit: number): Promise<CaseRow[]> {
  return sql.rows<CaseRow>(WRAPPED_BY_OTHERS, [wrapsBy, limit]);
}

const REPLACE_KEY = statement(
  'verification.replace-key',
  `UPDATE verification.cases SET wrapped_by = $3, sealed_key = $4
   WHERE cases.id = $1 AND cases.wrapped_by = $2 RETURNING cases.id`,
);

/** Puts the same key in its place, wrapped by another. False when someone else did meanwhile. */
export async function replaceKey(sql: Sql, id: CaseId, wrappedBy: string, key: WrappedKey): Promise<boolean> {
  return (await firstRow(sql, REPLACE_KEY, [id, wrappedBy, key.wrappedBy, key.sealed])) !== undefined;
}
