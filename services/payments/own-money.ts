import type { TransactionId, UserId } from '#shared/ids.ts';
import { type Forgotten, moneyKeptUntil, type PersonalRecords } from '#shared/privacy.ts';
import type { Country } from '#shared/regions.ts';
import { firstRow, type Sql, statement } from '#shared/sql.ts';
import { forgetWords } from './dispute/words.ts';
import type { PaymentsPorts } from './ports.ts';
import { forgetNotes, listRequests } from './request/store.ts';
import { requestBody } from './request/view.ts';
import { listTransactionsOf } from './store/transactions.ts';
import { listWalletsOf } from './store/wallets.ts';
import { decimalOf, transactionBody } from './wire.ts';

const PAGE = 500;

type Ports = Pick<PaymentsPorts, 'databases' | 'publicUrl'>;

/** The wallets and transactions of a person, newest first, in pages, for their data export. */
export function makeOwnMoney({ databases, publicUrl }: Ports) {
  return async function* ownMoney(userId: UserId): AsyncGenerator<PersonalRecords> {
    const core = databases.of('core');
    const wallets = await listWalletsOf(core, userId);
    const records = wallets.map(({ id, currency, is_primary, status, available, held, created_at }) => ({
      id,
      currency,
      is_primary,
      status,
      balance: decimalOf(available + held, currency),
      frozen_balance: decimalOf(held, currency),
      created_at,
    }));
    yield { section: 'wallets', records };
    for (let after: { readonly createdAt: Date; readonly id: TransactionId } | undefined; ;) {
      const rows = await listTransactionsOf(core, userId, {
        walletId: undefined,
        type: undefined,
        from: undefined,
        to: undefined,
        after,
        limit: PAGE,
      });
      yield { section: 'transactions', records: rows.map((row) => transactionBody(row, publicUrl)) };
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE) break;
      after = { createdAt: last.created_at, id: last.id };
    }
    for (const direction of ['incoming', 'outgoing'] as const) yield* ownRequests(core, userId, direction);
  };
}

async function* ownRequests(
  core: Sql,
  userId: UserId,
  direction: 'incoming' | 'outgoing',
): AsyncGenerator<PersonalRecords> {
  for (let after: { readonly at: Date; readonly id: string } | undefined; ;) {
    const rows = await listRequests(core, userId, direction, after, PAGE);
    const now = new Date();
    yield { section: 'money_requests', records: rows.map((row) => requestBody(row, userId, now)) };
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = { at: last.created_at, id: last.id };
  }
}

const NEWEST = statement(
  'payments.newest-transaction',
  `SELECT max(transactions.created_at) AS at FROM payments.transactions WHERE transactions.user_id = $1`,
);

/**
 * What is left of a person's money when they are erased: all of it, for as long as the law wants, without what they wrote
 * in disputes and in requests that nobody paid. The ledger knows people
 * by their ids only, and those have no name any more; a balance stays theirs and is paid out on proof of identity.
 */
export function makeKeepMoney({ databases }: Pick<Ports, 'databases'>) {
  return async (userId: UserId, country: Country): Promise<Forgotten> => {
    await forgetWords(databases, userId);
    await forgetNotes(databases.of('core'), userId);
    const newest = await firstRow<{ at: Date | null }>(databases.of('core'), NEWEST, [userId]);
    const at = newest?.at ?? null;
    return { done: true, held: at === null ? [] : [{ what: 'ledger', until: moneyKeptUntil(at, country) }] };
  };
}
