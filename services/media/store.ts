import type { MediaType, Purpose } from '#shared/contracts/media.ts';
import type { MediaId, UserId } from '#shared/ids.ts';
import type { WrappedKey } from '#shared/key-management.ts';
import { firstRow, type Sql, statement, type Tx } from '#shared/sql.ts';

export type FileRow = {
  readonly id: MediaId;
  readonly owner_id: UserId;
  readonly purpose: Purpose;
  readonly mime_type: MediaType;
  readonly size: bigint;
  readonly sha256: Uint8Array;
  readonly thumb_size: number | null;
  readonly thumb_sha256: Uint8Array | null;
  readonly wrapped_by: string | null;
  readonly sealed_key: Uint8Array | null;
};

export type NewFile = {
  readonly id: MediaId;
  readonly ownerId: UserId;
  readonly purpose: Purpose;
  readonly type: MediaType;
  readonly size: number;
  readonly sha256: Uint8Array;
  readonly thumb: { readonly size: number; readonly sha256: Uint8Array } | undefined;
  readonly key: WrappedKey | undefined;
  readonly at: Date;
};

const COUNT_IN = statement(
  'media.count-in',
  `INSERT INTO media.usage AS counted (owner_id, bytes)
   SELECT $1::uuid, $2::bigint WHERE $2::bigint <= $3::bigint
   ON CONFLICT (owner_id) DO UPDATE SET bytes = counted.bytes + excluded.bytes
     WHERE counted.bytes + excluded.bytes <= $3::bigint
   RETURNING 1 AS counted`,
);

/** Counts bytes to their owner. False, and nothing counted, when they would have more than `bytesMax`. */
export async function countIn(tx: Tx, ownerId: UserId, bytes: number, bytesMax: number): Promise<boolean> {
  return (await firstRow(tx, COUNT_IN, [ownerId, bytes, bytesMax])) !== undefined;
}

const INSERT = statement(
  'media.insert-file',
  `INSERT INTO media.files (id, owner_id, purpose, mime_type, size, sha256, thumb_size, thumb_sha256, wrapped_by,
     sealed_key, created_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
);

/** A file whose bytes are still to be stored; nobody can read it yet. */
export async function insertPending(tx: Tx, file: NewFile): Promise<void> {
  const { thumb, key } = file;
  await tx.rows(INSERT, [
    file.id,
    file.ownerId,
    file.purpose,
    file.type,
    file.size,
    file.sha256,
    thumb?.size ?? null,
    thumb?.sha256 ?? null,
    key?.wrappedBy ?? null,
    key?.sealed ?? null,
    file.at,
  ]);
}

const MARK_STORED = statement(
  'media.mark-stored',
  `UPDATE media.files SET state = 'stored' WHERE files.id = $1 AND files.state = 'pending' RETURNING files.id`,
);

/** False when the sweep has taken it for unfinished meanwhile. */
export async function markStored(tx: Tx, id: MediaId): Promise<boolean> {
  return (await firstRow(tx, MARK_STORED, [id])) !== undefined;
}

const FIND = statement(
  'media.find-file',
  `SELECT files.id, files.owner_id, files.purpose, files.mime_type, files.size, files.sha256, files.thumb_size,
     files.thumb_sha256, files.wrapped_by, files.sealed_key
   FROM media.files WHERE files.id = $1 AND files.state = 'stored'`,
);

/** A file that can be read. */
export function findFile(sql: Sql, id: MediaId): Promise<FileRow | undefined> {
  return firstRow<FileRow>(sql, FIND, [id]);
}

const LOCK_OWN = statement(
  'media.lock-own-file',
  `SELECT files.mime_type, files.purpose FROM media.files
   WHERE files.id = $1 AND files.owner_id = $2 AND files.state = 'stored' FOR NO KEY UPDATE`,
);

export type OwnFile = Pick<FileRow, 'mime_type' | 'purpose'>;

/** A file of this owner that can be read, kept from the sweep until the transaction ends. */
export function lockOwn(tx: Tx, id: MediaId, ownerId: UserId): Promise<OwnFile | undefined> {
  return firstRow<OwnFile>(tx, LOCK_OWN, [id, ownerId]);
}

const MARK_ATTACHED = statement(
  'media.mark-attached',
  'UPDATE media.files SET attached_at = coalesce(files.attached_at, $2) WHERE files.id = $1',
);

export async function markAttached(tx: Tx, id: MediaId, at: Date): Promise<void> {
  await tx.rows(MARK_ATTACHED, [id, at]);
}

const MARK_DELETED = statement(
  'media.mark-deleted',
  `UPDATE media.files SET state = 'deleted', deleted_at = $3
   WHERE files.id = $1 AND files.owner_id = $2 AND files.state = 'stored' RETURNING files.id`,
);

/** False when there is no such file of this owner that could still be read. */
export async function markDeleted(tx: Tx, id: MediaId, ownerId: UserId, at: Date): Promise<boolean> {
  return (await firstRow(tx, MARK_DELETED, [id, ownerId, at])) !== undefined;
}

export type DueBefore = {
  readonly unfinished: Date;
  readonly unused: Date;
  readonly deleted: Date;
  readonly purging: Date;
};

export type DueFile = { readonly id: MediaId; readonly owner_id: UserId; readonly was_deleted: boolean };

const CLAIM_DUE = statement(
  'media.claim-due',
  `WITH due AS (
     SELECT files.id FROM media.files
     WHERE (files.state = 'pending' AND files.attached_at IS NULL AND files.created_at < $1)
        OR (files.state = 'stored' AND files.attached_at IS NULL AND files.purpose IN ('message', 'kyc')
            AND files.created_at < $2)
        OR (files.state = 'deleted' AND files.deleted_at < $3)
        OR (files.state = 'purging' AND files.purging_since < $4)
     LIMIT $5 FOR UPDATE SKIP LOCKED
   )
   UPDATE media.files SET state = 'purging', purging_since = $6
   FROM due WHERE files.id = due.id
   RETURNING files.id, files.owner_id, files.deleted_at IS NOT NULL AS was_deleted`,
);

/**
 * Files whose time has come, claimed for this process: nobody can read or attach them from now on. Avatars and pictures
 * of products are never taken for unused, since those who show them do not say so here.
 */
export function claimDue(sql: Sql, before: DueBefore, limit: number, at: Date): Promise<DueFile[]> {
  return sql.rows<DueFile>(CLAIM_DUE, [before.unfinished, before.unused, before.deleted, before.purging, limit, at]);
}

const FORGET = statement(
  'media.forget-file',
  `WITH gone AS (
     DELETE FROM media.files WHERE files.id = $1
     RETURNING files.owner_id, files.size + coalesce(files.thumb_size, 0) AS bytes
   )
   UPDATE media.usage SET bytes = usage.bytes - gone.bytes FROM gone WHERE usage.owner_id = gone.owner_id
   RETURNING usage.owner_id`,
);

/** Removes the row of a file whose bytes are gone, and counts them out. False when it was removed before. */
export async function forget(tx: Tx, id: MediaId): Promise<boolean> {
  return (await firstRow(tx, FORGET, [id])) !== undefined;
}

export type WrappedRow = { readonly id: MediaId; readonly wrapped_by: string; readonly sealed_key: Uint8Array };

const WRAPPED_BY_OTHERS = statement(
  'media.wrapped-by-others',
  `SELECT files.id, files.wrapped_by, files.sealed_key FROM media.files
   WHERE files.wrapped_by < $1 OR files.wrapped_by > $1
   LIMIT $2`,
);

/** Keys that another wrapping key than this one has wrapped. */
export function findWrappedByOthers(sql: Sql, wrapsBy: string, limit: number): Promise<WrappedRow[]> {
  return sql.rows<WrappedRow>(WRAPPED_BY_OTHERS, [wrapsBy, limit]);
}

const REPLACE_KEY = statement(
  'media.replace-key',
  `UPDATE media.files SET wrapped_by = $3, sealed_key = $4
   WHERE files.id = $1 AND files.wrapped_by = $2 RETURNING files.id`,
);

/** Puts the same key in its place, wrapped by another. False when someone else did meanwhile. */
export async function replaceKey(sql: Sql, id: MediaId, wrappedBy: string, key: WrappedKey): Promise<boolean> {
  return (await firstRow(sql, REPLACE_KEY, [id, wrappedBy, key.wrappedBy, key.sealed])) !== undefined;
}
