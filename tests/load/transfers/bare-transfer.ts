import { createHash, randomUUID, randomUUIDv7 } from 'node:crypto';
import type { Database } from '#shared/sql.ts';
import { statement } from '#shared/sql.ts';
import type { Payer } from './town.ts';

const FIND_KEY = statement(
  'bare.find-key',
  `SELECT digest, status, body FROM http.idempotency_keys WHERE user_id = $1 AND call = 'createTransfer' AND key = $2`,
);
const LOCK = statement(
  'bare.lock',
  'SELECT id, balance, entries FROM payments.accounts WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE',
);
const PAY = statement(
  'bare.pay',
  `UPDATE payments.accounts SET balance = balance + $2, entries = entries + 1, updated_at = clock_timestamp()
   WHERE id = $1`,
);
const SPEND = statement(
  'bare.spend',
  `UPDATE payments.accounts SET balance = balance - $2, entries = entries + 1, updated_at = clock_timestamp(),
     spent_today = spent_today + $2, spent_this_month = spent_this_month + $2 WHERE id = $1`,
);
const COUNT = statement(
  'bare.count',
  `INSERT INTO payments.velocity (user_id, count_10m, sum_10m) VALUES ($1, 1, 1) ON CONFLICT (user_id)
   DO UPDATE SET count_10m = velocity.count_10m + 1, sum_10m = velocity.sum_10m + 1,
     count_hour = velocity.count_hour + 1, sum_hour = velocity.sum_hour + 1, count_day = velocity.count_day + 1`,
);
const TRANSFER = statement('bare.transfer', `INSERT INTO payments.transfers (id, kind) VALUES ($1, 'transfer')`);
const ENTRIES = statement(
  'bare.entries',
  `INSERT INTO payments.entries (account_id, seq, transfer_id, currency, amount, balance_after)
   VALUES ($1, $2, $3, 'THB', $4, $5), ($6, $7, $3, 'THB', $8, $9)`,
);
const TRANSACTIONS = statement(
  'bare.transactions',
  `INSERT INTO payments.transactions (id, wallet_id, user_id, type, currency, amount, status, status_actor, counterpart_id,
     transfer_id, created_at, updated_at, completed_at)
   VALUES ($1, $3, $4, 'transfer_out', 'THB', $7, 'completed', $4::uuid::text, $6, $1, now(), now(), now()),
     ($2, $5, $6, 'transfer_in', 'THB', $7, 'completed', $4::uuid::text, $4, $1, now(), now(), now())`,
);
const TELL = statement(
  'bare.tell',
  `INSERT INTO events.outbox (event_id, type, version, aggregate_id, data)
   VALUES ($1, $2, 1, $9, $10), ($3, $4, 1, $9, $10), ($5, $6, 1, $9, $10), ($7, $8, 1, $9, $10)`,
);
const STORE = statement(
  'bare.store',
  `INSERT INTO http.idempotency_keys (user_id, call, key, digest, status, body)
   VALUES ($1, 'createTransfer', $2, $3, 201, $4)`,
);

type Account = { readonly id: string; readonly balance: bigint; readonly entries: bigint };

/** Some 600 characters, as the answers and events of transfers have. */
const BODY = JSON.stringify({ amount: '0.01', currency: 'THB', text: 'x'.repeat(500) });
const TOLD = JSON.stringify({ amount: '0.01', currency: 'THB', text: 'x'.repeat(200) });
const DIGEST = createHash('sha256').update(BODY).digest('hex');

/**
 * One transfer in a transaction of its own, written by hand: the same rows in the same tables as ours, one statement after
 * the other. It judges nothing but the balance, and reads no facts about anybody.
 *
 * @param database as the owner of the tables, whom nothing keeps from writing balances
 */
export async function bareTransfer(database: Database, from: Payer, to: Payer, minor: bigint): Promise<void> {
  await database.transaction(async (tx) => {
    const [id, other, key] = [randomUUIDv7(), randomUUIDv7(), randomUUID()];
    await tx.rows(FIND_KEY, [from.userId, key]);
    await tx.rows(COUNT, [from.userId]);
    const accounts = await tx.rows<Account>(LOCK, [[from.walletId, to.walletId]]);
    const payer = accounts.find((account) => account.id === from.walletId)!;
    const payee = accounts.find((account) => account.id === to.walletId)!;
    if (payer.balance < minor) throw new Error('too little');
    await tx.rows(SPEND, [payer.id, minor]);
    await tx.rows(PAY, [payee.id, minor]);
    await tx.rows(TRANSFER, [id]);
    await tx.rows(ENTRIES, [
      payer.id,
      payer.entries + 1n,
      id,
      -minor,
      payer.balance - minor,
      payee.id,
      payee.entries + 1n,
      minor,
      payee.balance + minor,
    ]);
    await tx.rows(TRANSACTIONS, [id, other, from.walletId, from.userId, to.walletId, to.userId, minor]);
    await tx.rows(TELL, [
      randomUUIDv7(),
      'payments.transfer_posted',
      randomUUIDv7(),
      'payments.transaction_updated',
      randomUUIDv7(),
      'payments.transaction_updated',
      randomUUIDv7(),
      'audit.recorded',
      id,
      TOLD,
    ]);
    await tx.rows(STORE, [from.userId, key, DIGEST, BODY]);
  });
}
