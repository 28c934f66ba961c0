import { createHmac } from 'node:crypto';
import type { Document } from '#shared/contracts/verification/document.ts';
import type { UserId } from '#shared/ids.ts';
import { type Databases, type Sql, statement, type Tx } from '#shared/sql.ts';
import type { VerificationPorts } from './ports.ts';
import { isIdentity } from './rules.ts';
import type { CaseRow } from './store/cases.ts';

const LOCK = statement(
  'verification.lock-document',
  `SELECT pg_advisory_xact_lock(hashtextextended('verification.document ' || encode($1::bytea, 'hex'), 0))`,
);
const OTHERS = statement(
  'verification.other-users-of-document',
  `SELECT used.owner_id FROM verification.document_uses AS used WHERE used.digest = $1 AND used.owner_id <> $2 LIMIT 1`,
);
const USE = statement(
  'verification.use-document',
  `INSERT INTO verification.document_uses (digest, owner_id, case_id, used_at) VALUES ($1, $2, $3, $4)
   ON CONFLICT DO NOTHING`,
);
const FORGET = statement(
  'verification.forget-document-uses',
  'DELETE FROM verification.document_uses AS used WHERE used.owner_id = $1',
);

type Ports = Pick<VerificationPorts, 'databases' | 'documentKey' | 'clock'>;
type Of = Pick<CaseRow, 'id' | 'kind' | 'owner_id'>;

/** What a document is known by: nobody without the key can tell its number, or try which it is. */
function digestOf(key: string, { country, type, number }: Document): Buffer {
  return createHmac('sha256', Buffer.from(key, 'hex')).update(`${country} ${type} ${number}`).digest();
}

/**
 * Whether another account has been verified with one of the documents, and, with `claims`, notes that this one is now, when none
 * has. Of two accounts that show one document at the same moment the second sees the first: the document is locked while it
 * is looked up. It is looked up in the region of the country that gave it out, wherever its owners are.
 */
export async function isUsedElsewhere(
  { databases, documentKey, clock }: Ports,
  row: Of,
  documents: readonly Document[],
  claims: boolean,
): Promise<boolean> {
  if (documentKey === undefined || row.kind !== 'kyc') return false;
  for (const document of documents.filter(isIdentity)) {
    const digest = digestOf(documentKey, document);
    const isOthers = await databases.of(document.country).transaction(async (tx) => {
      await tx.rows(LOCK, [digest]);
      if ((await tx.rows(OTHERS, [digest, row.owner_id])).length > 0) return true;
      if (claims) await use(tx, digest, row, clock());
      return false;
    });
    if (isOthers) return true;
  }
  return false;
}

/** Notes for good by which documents someone was verified, whoever else was. A repeat changes nothing. */
export async function noteUses(
  { databases, documentKey, clock }: Ports,
  row: Of,
  documents: readonly Document[],
): Promise<void> {
  if (documentKey === undefined || row.kind !== 'kyc') return;
  for (const document of documents.filter(isIdentity)) {
    await use(databases.of(document.country), digestOf(documentKey, document), row, clock());
  }
}

async function use(sql: Sql | Tx, digest: Uint8Array, row: Of, at: Date): Promise<void> {
  await sql.rows(USE, [digest, row.owner_id, row.id, at]);
}

/** Forgets which documents someone has shown, in every region. */
export async function forgetUses(databases: Pick<Databases, 'all'>, userId: UserId): Promise<void> {
  for (const database of databases.all) await database.rows(FORGET, [userId]);
}
