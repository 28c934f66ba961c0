import { firstRow, type Sql, statement, type Tx } from '#shared/sql.ts';

const LIST = statement(
  'auth.list-signing-keys',
  `SELECT key.kid, key.x, key.sealed, key.wrapped_by, key.published_at, key.signs_from, key.verifies_until,
     clock_timestamp() AS read_at
   FROM auth.signing_keys AS key
   WHERE key.verifies_until IS NULL OR key.verifies_until > clock_timestamp()
   ORDER BY key.signs_from DESC, key.kid`,
);
const LOCK = statement(
  'auth.lock-signing-keys',
  `SELECT pg_advisory_xact_lock(hashtextextended('auth.signing-keys', 0))`,
);
const INSERT = statement(
  'auth.insert-signing-key',
  `INSERT INTO auth.signing_keys (kid, x, sealed, wrapped_by, signs_from, verifies_until)
   VALUES ($1, $2, $3, $4, now() + $5::bigint * interval '1 millisecond', now() + $6::bigint * interval '1 millisecond')
   RETURNING signing_keys.signs_from`,
);
const RETIRE_OTHERS = statement(
  'auth.retire-signing-keys',
  `UPDATE auth.signing_keys AS key SET
     verifies_until = least(key.verifies_until, now() + $2::bigint * interval '1 millisecond')
   WHERE key.kid <> $1`,
);
const FORGET = statement(
  'auth.forget-signing-keys',
  `WITH gone AS (
     DELETE FROM auth.signing_keys AS key WHERE key.verifies_until <= now()
   )
   UPDATE auth.signing_keys AS key SET sealed = NULL, wrapped_by = NULL
   WHERE key.sealed IS NOT NULL AND key.verifies_until > now() AND EXISTS (
     SELECT FROM auth.signing_keys AS newer
     WHERE newer.signs_from > key.signs_from AND newer.signs_from <= now() - $1::bigint * interval '1 millisecond'
   )`,
);
const REWRAP = statement(
  'auth.rewrap-signing-key',
  `UPDATE auth.signing_keys AS key SET sealed = $2, wrapped_by = $3 WHERE key.kid = $1 AND key.sealed IS NOT NULL`,
);

export type SigningKeyRow = {
  readonly kid: string;
  readonly x: string;
  readonly sealed: Uint8Array | null;
  readonly wrapped_by: string | null;
  readonly published_at: Date;
  readonly signs_from: Date;
  readonly verifies_until: Date | null;
  /** The database's clock at the reading. */
  readonly read_at: Date;
};

/** Every key that still verifies, the one that signs last first. */
export async function listSigningKeys(sql: Sql): Promise<SigningKeyRow[]> {
  return await sql.rows<SigningKeyRow>(LIST);
}

/** Whoever changes the set of keys does so alone, until the transaction ends. */
export async function lockSigningKeys(tx: Tx): Promise<void> {
  await tx.rows(LOCK);
}

export type NewSigningKey = {
  readonly kid: string;
  readonly x: string;
  /** Undefined for a key that only verifies. */
  readonly wrapped: { readonly wrappedBy: string; readonly sealed: Uint8Array } | undefined;
  readonly signsInMs: number;
  readonly verifiesForMs?: number;
};

/** Returns from when it signs. */
export async function insertSigningKey(tx: Tx, key: NewSigningKey): Promise<Date> {
  const { kid, x, wrapped, signsInMs, verifiesForMs } = key;
  const values = [kid, x, wrapped?.sealed ?? null, wrapped?.wrappedBy ?? null, signsInMs, verifiesForMs ?? null];
  return (await firstRow<{ signs_from: Date }>(tx, INSERT, values))!.signs_from;
}

/** All keys but this one verify for so long from now and no longer. */
export async function retireOtherKeys(tx: Tx, kid: string, verifyForMs: number): Promise<void> {
  await tx.rows(RETIRE_OTHERS, [kid, verifyForMs]);
}

/** Drops what has ended: rows that verify no more, and private halves whose successor has signed for a while. */
export async function forgetEndedKeys(tx: Tx, lagMs: number): Promise<void> {
  await tx.rows(FORGET, [lagMs]);
}

export async function rewrapSigningKey(
  tx: Tx,
  kid: string,
  wrapped: { readonly wrappedBy: string; readonly sealed: Uint8Array },
): Promise<void> {
  await tx.rows(REWRAP, [kid, wrapped.sealed, wrapped.wrappedBy]);
}
