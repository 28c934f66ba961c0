import type { Caller } from '#shared/caller.ts';
import type { HeldErasure } from '#shared/contracts/auth/account-life.ts';
import type { Outbox } from '#shared/events/event.ts';
import { encodeCursor, idAfter } from '#shared/http/paging.ts';
import { PrivacyRequestId, type UserId } from '#shared/ids.ts';
import type { Country } from '#shared/regions.ts';
import { actingAs } from '#shared/act-as.ts';
import { type Databases, statement } from '#shared/sql.ts';
import { dueAt } from './rules.ts';

const NIL = '00000000-0000-0000-0000-000000000000';

const HELD = statement(
  'auth.held-erasures',
  `SELECT privacy_requests.id, privacy_requests.account_id, accounts.country_code AS country,
     privacy_requests.created_at, privacy_requests.starts_at
   FROM auth.privacy_requests JOIN auth.accounts ON accounts.id = privacy_requests.account_id
   WHERE privacy_requests.kind = 'erasure' AND privacy_requests.status = 'pending' AND privacy_requests.id > $1
     AND (accounts.status = 'suspended' OR accounts.stays_suspended)
   ORDER BY privacy_requests.id LIMIT $2`,
);

type HeldRow = {
  readonly id: PrivacyRequestId;
  readonly account_id: UserId;
  readonly country: Country;
  readonly created_at: Date;
  readonly starts_at: Date;
};

/**
 * Erasures that wait because their account is suspended, of every region, the oldest first. The law gives a time for them, so
 * whoever suspended the account has to decide before it is over. Each reading is audited.
 *
 * @throws {AppError} VALIDATION_ERROR for a cursor that is not ours
 */
export async function listHeldErasures(
  { databases, outbox }: { readonly databases: Databases; readonly outbox: Outbox },
  { userId, country: region }: Caller,
  { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number },
): Promise<{ readonly erasures: HeldErasure[]; readonly next_cursor: string | null }> {
  const after = idAfter(cursor, PrivacyRequestId) ?? NIL;
  const found = await Promise.all(
    databases.all.map((database) => actingAs(database, 'staff', (tx) => tx.rows<HeldRow>(HELD, [after, limit + 1]))),
  );
  const rows = found.flat().toSorted((one, other) => (one.id < other.id ? -1 : 1));
  const page = rows.slice(0, limit);
  const facts = { erasures: page.length };
  const entry = {
    actor: userId,
    action: 'auth.held_erasures_read',
    subject: userId,
    region,
    outcome: 'ok',
    facts,
  } as const;
  await databases.of(region).transaction((tx) => outbox.append(tx, { audit: [entry] }));
  const last = page.at(-1);
  return {
    erasures: page.map((row) => ({
      id: row.id,
      user_id: row.account_id,
      country: row.country,
      created_at: row.created_at.toISOString(),
      starts_at: row.starts_at.toISOString(),
      due_at: dueAt(row.created_at, row.country).toISOString(),
    })),
    next_cursor: rows.length > limit && last !== undefined ? encodeCursor([last.id]) : null,
  };
}
