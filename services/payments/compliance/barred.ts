import type { UserId } from '#shared/ids.ts';
import { firstRow, type Sql, statement } from '#shared/sql.ts';
import type { PaymentsPorts } from '../ports.ts';
import { audited } from '../told.ts';
import { suspendedWallet } from '../ledger/post.ts';

const BARRED = statement(
  'payments.barred-among',
  `SELECT party.user_id FROM payments.barred_parties AS party WHERE party.is_barred AND party.user_id = ANY ($1::uuid[])`,
);
const HOLD = statement(
  'payments.hold-party',
  'SELECT party.is_barred FROM payments.barred_parties AS party WHERE party.user_id = $1 FOR NO KEY UPDATE',
);
const COPY = statement(
  'payments.copy-party',
  `INSERT INTO payments.barred_parties AS party (user_id, is_barred, source, updated_at) VALUES ($1, $2, $3, $4)
   ON CONFLICT (user_id) DO UPDATE SET is_barred = excluded.is_barred, source = excluded.source,
     updated_at = excluded.updated_at`,
);

/** Those of `ids` whose money must not move. */
export async function barredAmong(sql: Sql, ids: readonly UserId[]): Promise<ReadonlySet<UserId>> {
  const rows = await sql.rows<{ user_id: UserId }>(BARRED, [ids]);
  return new Set(rows.map(({ user_id: id }) => id));
}

/**
 * For calls that move nothing yet but would: whoever is barred hears what the owner of a suspended wallet does.
 *
 * @throws {AppError} CONFLICT
 */
export async function assertNotBarred(sql: Sql, userId: UserId): Promise<void> {
  if ((await barredAmong(sql, [userId])).has(userId)) {
    throw suspendedWallet();
  }
}

type Ports = Pick<PaymentsPorts, 'databases' | 'outbox' | 'clock' | 'parties'>;

/**
 * Copies whether a list of sanctions has someone's name, as verification knows it at that moment, so that no payment has to
 * ask another domain. The row is held before the truth is asked for, so copies may be made in any order, and again.
 *
 * @param source the case that the news are about, for the audit
 */
export function makeCopyParty({ databases, outbox, clock, parties }: Ports) {
  const core = databases.of('core');
  return async (userId: UserId, source: string): Promise<void> => {
    const known = await firstRow<{ is_barred: boolean }>(core, HOLD, [userId]);
    if (known === undefined && !(await parties.isListed(userId))) return;
    await core.transaction(async (tx) => {
      const before = await firstRow<{ is_barred: boolean }>(tx, HOLD, [userId]);
      const isBarred = await parties.isListed(userId);
      if ((before?.is_barred ?? false) === isBarred) return;
      await tx.rows(COPY, [userId, isBarred, source, clock()]);
      const action = isBarred ? 'payments.party_barred' : 'payments.party_unbarred';
      await outbox.append(tx, { audit: [audited({ actor: 'system', action, subject: userId, facts: { source } })] });
    });
  };
}
