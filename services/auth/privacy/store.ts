import type { PrivacyRequestId, UserId } from '#shared/ids.ts';
import type { Held } from '#shared/privacy.ts';
import { firstRow, type Sql, statement, type Tx } from '#shared/sql.ts';

export type RequestKind = 'export' | 'erasure';
export type RequestOrigin = 'request' | 'account_deletion' | 'compliance';
export type RequestStatus = 'pending' | 'processing' | 'completed' | 'cancelled' | 'expired';

export type RequestRow = {
  readonly id: PrivacyRequestId;
  readonly account_id: UserId;
  readonly kind: RequestKind;
  readonly origin: RequestOrigin;
  readonly status: RequestStatus;
  readonly created_at: Date;
  readonly starts_at: Date;
  readonly completed_at: Date | null;
  readonly expires_at: Date | null;
  readonly held: readonly Held[];
  readonly wrapped_by: string | null;
  readonly sealed_key: Uint8Array | null;
};

const COLUMNS = [
  'id',
  'account_id',
  'kind',
  'origin',
  'status',
  'created_at',
  'starts_at',
  'completed_at',
  'expires_at',
  'held',
  'wrapped_by',
  'sealed_key',
]
  .map((column) => `privacy_requests.${column}`)
  .join(', ');

const INSERT = statement(
  'auth.insert-privacy-request',
  `INSERT INTO auth.privacy_requests (id, account_id, kind, origin, created_at, starts_at, held, wrapped_by, sealed_key)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
   ON CONFLICT (account_id, kind) WHERE status IN ('pending', 'processing') DO NOTHING
   RETURNING ${COLUMNS}`,
);

export type NewRequest = {
  readonly id: PrivacyRequestId;
  readonly userId: UserId;
  readonly kind: RequestKind;
  readonly origin: RequestOrigin;
  readonly at: Date;
  readonly startsAt: Date;
  readonly held: readonly Held[];
  readonly key?: { readonly wrappedBy: string; readonly sealed: Uint8Array };
};

/** Undefined when one of the kind is open already. */
export function insertRequest(tx: Tx, request: NewRequest): Promise<RequestRow | undefined> {
  const { id, userId, kind, origin, at, startsAt, held, key } = request;
  const values = [id, userId, kind, origin, at, startsAt, JSON.stringify(held), key?.wrappedBy, key?.sealed];
  return firstRow<RequestRow>(
    tx,
    INSERT,
    values.map((value) => value ?? null),
  );
}

const FIND = statement(
  'auth.find-privacy-request',
  `SELECT ${COLUMNS} FROM auth.privacy_requests WHERE privacy_requests.id = $1 AND privacy_requests.account_id = $2`,
);

export function findRequest(sql: Sql, id: PrivacyRequestId, userId: UserId): Promise<RequestRow | undefined> {
  return firstRow<RequestRow>(sql, FIND, [id, userId]);
}

const FIND_OPEN = statement(
  'auth.find-open-privacy-request',
  `SELECT ${COLUMNS} FROM auth.privacy_requests
   WHERE privacy_requests.account_id = $1 AND privacy_requests.kind = $2
     AND privacy_requests.status IN ('pending', 'processing')`,
);

export function findOpenRequest(sql: Sql, userId: UserId, kind: RequestKind): Promise<RequestRow | undefined> {
  return firstRow<RequestRow>(sql, FIND_OPEN, [userId, kind]);
}

const CANCEL = statement(
  'auth.cancel-erasure',
  `UPDATE auth.privacy_requests SET status = 'cancelled'
   WHERE privacy_requests.account_id = $1 AND privacy_requests.kind = 'erasure' AND privacy_requests.status = 'pending'
     AND ($2::uuid IS NULL OR privacy_requests.id = $2)
   RETURNING ${COLUMNS}`,
);

/** Takes an erasure of this person back that has not begun: the one that is named, or whichever there is. */
export function cancelErasure(tx: Tx, userId: UserId, id?: PrivacyRequestId): Promise<RequestRow | undefined> {
  return firstRow<RequestRow>(tx, CANCEL, [userId, id ?? null]);
}

const TAKE_OVER = statement(
  'auth.take-over-erasure',
  `UPDATE auth.privacy_requests SET origin = $2, starts_at = greatest(privacy_requests.starts_at, $3)
   WHERE privacy_requests.account_id = $1 AND privacy_requests.kind = 'erasure' AND privacy_requests.status = 'pending'
   RETURNING ${COLUMNS}`,
);

/**
 * Makes an erasure that waits already that of a deletion. It keeps its moment, or takes the later one that is given.
 * Undefined when none waits.
 */
export function takeOverErasure(
  tx: Tx,
  userId: UserId,
  origin: RequestOrigin,
  notBefore?: Date,
): Promise<RequestRow | undefined> {
  return firstRow<RequestRow>(tx, TAKE_OVER, [userId, origin, notBefore ?? null]);
}

const POSTPONE = statement(
  'auth.postpone-erasure',
  `UPDATE auth.privacy_requests SET starts_at = greatest(privacy_requests.starts_at, $2)
   WHERE privacy_requests.account_id = $1 AND privacy_requests.kind = 'erasure' AND privacy_requests.status = 'pending'`,
);

/** Lets an erasure that has not begun begin no sooner than this. */
export async function postponeErasure(tx: Tx, userId: UserId, notBefore: Date): Promise<void> {
  await tx.rows(POSTPONE, [userId, notBefore]);
}

const OPEN = statement(
  'auth.open-privacy-request',
  `SELECT ${COLUMNS} FROM auth.privacy_requests
   WHERE privacy_requests.id = $1 AND privacy_requests.kind = $2
     AND privacy_requests.status IN ('pending', 'processing')`,
);

/** A request that is not done, nor taken back. */
export function openRequest(tx: Tx, id: PrivacyRequestId, kind: RequestKind): Promise<RequestRow | undefined> {
  return firstRow<RequestRow>(tx, OPEN, [id, kind]);
}

const BEGIN = statement(
  'auth.begin-privacy-request',
  `UPDATE auth.privacy_requests SET status = 'processing'
   WHERE privacy_requests.id = $1 AND privacy_requests.kind = $2
     AND privacy_requests.status IN ('pending', 'processing')
   RETURNING ${COLUMNS}`,
);

/** From now on it is not taken back. Undefined when it was before, or is done. */
export function beginRequest(tx: Tx, id: PrivacyRequestId, kind: RequestKind): Promise<RequestRow | undefined> {
  return firstRow<RequestRow>(tx, BEGIN, [id, kind]);
}

const COMPLETE = statement(
  'auth.complete-privacy-request',
  `UPDATE auth.privacy_requests SET status = 'completed', completed_at = $2, expires_at = $3, held = $4
   WHERE privacy_requests.id = $1 AND privacy_requests.status = 'processing'
   RETURNING ${COLUMNS}`,
);

type Completion = { readonly at: Date; readonly expiresAt: Date | null; readonly held: readonly Held[] };

/** Undefined when it was completed before. */
export function completeRequest(
  tx: Tx,
  id: PrivacyRequestId,
  { at, expiresAt, held }: Completion,
): Promise<RequestRow | undefined> {
  return firstRow<RequestRow>(tx, COMPLETE, [id, at, expiresAt, JSON.stringify(held)]);
}

const EXPIRE = statement(
  'auth.expire-export',
  `UPDATE auth.privacy_requests SET
     status = CASE WHEN privacy_requests.status = 'completed' THEN 'expired' ELSE 'cancelled' END,
     wrapped_by = NULL, sealed_key = NULL
   WHERE privacy_requests.id = $1 AND privacy_requests.kind = 'export' AND privacy_requests.sealed_key IS NOT NULL
   RETURNING ${COLUMNS}`,
);

/** Destroys the key of an export, so that what is left of it anywhere cannot be read. Undefined when it was before. */
export function expireExport(tx: Tx, id: PrivacyRequestId): Promise<RequestRow | undefined> {
  return firstRow<RequestRow>(tx, EXPIRE, [id]);
}

const LIST = statement(
  'auth.privacy-requests-of',
  `SELECT ${COLUMNS} FROM auth.privacy_requests WHERE privacy_requests.account_id = $1
   ORDER BY privacy_requests.created_at, privacy_requests.id`,
);

export function requestsOf(sql: Sql, userId: UserId): Promise<RequestRow[]> {
  return sql.rows<RequestRow>(LIST, [userId]);
}
