import { Client } from 'pg';

/** Postings of each wallet: some years of someone who pays every day. */
const ENTRIES_EACH = 1_000;
/** Postings of one statement, so that a long filling shows that it moves. */
const CHUNK = 200_000;
/** When the first was posted; each moment after it has one round of everybody paying and being paid. */
const BEGAN = '2020-01-01T00:00:00Z';

/** Ids that grow with time, as ours do: the n-th of a kind. */
const ID = `CREATE FUNCTION pg_temp.id(kind integer, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
  SELECT (lpad(to_hex(1577836800000 + n), 12, '0') || '7' || lpad(to_hex(kind), 3, '0') || '8000' ||
    lpad(to_hex(n), 12, '0'))::uuid $$`;

const [WALLET, HOLD, USER, PAID, RECEIVED] = [1, 2, 3, 4, 5];

const ACCOUNTS = `INSERT INTO payments.accounts (id, kind, owner, currency, entries)
  SELECT pg_temp.id(${WALLET}, n), 'wallet', pg_temp.id(${WALLET}, n), 'THB', $2 FROM generate_series(0, $1 - 1) AS n
  UNION ALL
  SELECT pg_temp.id(${HOLD}, n), 'wallet_hold', pg_temp.id(${WALLET}, n), 'THB', 0 FROM generate_series(0, $1 - 1) AS n`;
const WALLETS = `INSERT INTO payments.wallets (id, hold_account_id, user_id, currency, is_primary)
  SELECT pg_temp.id(${WALLET}, n), pg_temp.id(${HOLD}, n), pg_temp.id(${USER}, n), 'THB', true
  FROM generate_series(0, $1 - 1) AS n`;

/** In each round everybody is paid by one and pays another, never the same two in neighbouring rounds. */
const MADE = `
  SELECT n, n / $1 AS round, n % $1 AS payee, (n % $1 + 1 + n / $1 % ($1 - 1)) % $1 AS payer,
    timestamptz '${BEGAN}' + n / $1 * interval '1 day' AS at
  FROM generate_series($2::bigint, $3::bigint - 1) AS n`;
const TRANSFERS = `INSERT INTO payments.transfers (id, kind, posted_at)
  SELECT pg_temp.id(${PAID}, n), 'transfer', at FROM (${MADE}) AS made`;
const ENTRIES = `INSERT INTO payments.entries (account_id, seq, transfer_id, currency, amount, balance_after, posted_at)
  SELECT pg_temp.id(${WALLET}, side.who), made.round * 2 + side.seq, pg_temp.id(${PAID}, made.n), 'THB', side.amount,
    side.after, made.at
  FROM (${MADE}) AS made
  CROSS JOIN LATERAL (VALUES (made.payee, 1, 100, 100), (made.payer, 2, -100, 0)) AS side (who, seq, amount, after)
  ORDER BY made.n`;
const TRANSACTIONS = `INSERT INTO payments.transactions (id, wallet_id, user_id, type, currency, amount, status,
    status_actor, counterpart_id, transfer_id, created_at, updated_at, completed_at)
  SELECT pg_temp.id(side.kind, made.n), pg_temp.id(${WALLET}, side.who), pg_temp.id(${USER}, side.who), side.type, 'THB', 100,
    'completed', 'bench', pg_temp.id(${USER}, side.other), pg_temp.id(${PAID}, made.n), made.at, made.at, made.at
  FROM (${MADE}) AS made
  CROSS JOIN LATERAL (VALUES (${RECEIVED}, 'transfer_in', made.payee, made.payer),
    (${PAID}, 'transfer_out', made.payer, made.payee)) AS side (kind, type, who, other)
  ORDER BY made.n`;

export type FilledLedger = {
  /** The wallet of one of its users, and a moment in the middle of their history. */
  readonly wallets: readonly { readonly id: string; readonly user_id: string }[];
  readonly middle: Date;
};

/**
 * Fills an empty ledger with postings between people, a thousand for each, in the order of time: neighbours in the table
 * are never of one wallet. Written with statements over sets and without triggers; the books are right all the same.
 *
 * @param url the database, as the superuser
 * @param postings rounded to whole wallets
 */
export async function fillLedger(
  url: string,
  postings: number,
  progress: (done: number) => void,
): Promise<FilledLedger> {
  const wallets = Math.max(Math.round(postings / ENTRIES_EACH), 2);
  const transfers = (wallets * ENTRIES_EACH) / 2;
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("SET session_replication_role = 'replica'");
    await client.query('SET synchronous_commit = off');
    await client.query(ID);
    await client.query(ACCOUNTS, [wallets, ENTRIES_EACH]);
    await client.query(WALLETS, [wallets]);
    for (let from = 0; from < transfers; from += CHUNK / 2) {
      const range = [wallets, from, Math.min(from + CHUNK / 2, transfers)];
      for (const text of [TRANSFERS, ENTRIES, TRANSACTIONS]) await client.query(text, range);
      progress(Math.min(from * 2 + CHUNK, transfers * 2));
    }
    await client.query(
      'VACUUM (ANALYZE) payments.entries, payments.transactions, payments.transfers, payments.accounts',
    );
    await client.query('VACUUM (ANALYZE) payments.wallets');
    const { rows } = await client.query<FilledLedger['wallets'][number]>(
      'SELECT wallet.id, wallet.user_id FROM payments.wallets AS wallet ORDER BY wallet.id',
    );
    const middle = new Date(Date.parse(BEGAN) + (ENTRIES_EACH / 4) * 86_400_000);
    return { wallets: rows, middle };
  } finally {
    await client.end();
  }
}
