import { type Sql, type Statement, statement } from '#shared/sql.ts';

/** Something that must not be. `subject` is the account, transfer, hold, transaction or order that it is about. */
type Finding = {
  readonly check: string;
  readonly subject: string;
  readonly expected: string;
  readonly found: string;
};

export type LedgerReport = {
  readonly accounts: bigint;
  readonly transfers: bigint;
  readonly entries: bigint;
  /** At most {@link FINDINGS_MAX} per check; none when the books are right. */
  readonly findings: readonly Finding[];
};

/** A broken ledger is broken in one way many times; the first hundred show how. */
const FINDINGS_MAX = 100;

/** Each check is one statement, so that it sees one moment of a ledger that is in use. */
function check(name: string, text: string): { readonly name: string; readonly query: Statement } {
  return { name, query: statement(`payments.verify-${name}`, `${text}\nLIMIT ${FINDINGS_MAX}`) };
}

const CHECKS = [
  check(
    'account-balance',
    `SELECT account.id::text AS subject, coalesce(sum(entry.amount), 0)::text AS expected, account.balance::text AS found
     FROM payments.accounts AS account LEFT JOIN payments.entries AS entry ON entry.account_id = account.id
     GROUP BY account.id HAVING coalesce(sum(entry.amount), 0) <> account.balance`,
  ),
  check(
    'account-entries',
    `SELECT account.id::text AS subject, account.entries::text AS expected,
       concat(count(entry.seq), ' up to ', max(entry.seq)) AS found
     FROM payments.accounts AS account LEFT JOIN payments.entries AS entry ON entry.account_id = account.id
     GROUP BY account.id
     HAVING count(entry.seq) <> account.entries OR coalesce(max(entry.seq), 0) <> account.entries`,
  ),
  check(
    'running-balance',
    `SELECT concat(entry.account_id, ' ', entry.seq) AS subject, entry.running::text AS expected,
       entry.balance_after::text AS found
     FROM (
       SELECT entry.*, sum(entry.amount) OVER (PARTITION BY entry.account_id ORDER BY entry.seq) AS running
       FROM payments.entries AS entry
     ) AS entry
     WHERE entry.running <> entry.balance_after`,
  ),
  check(
    'account-floor',
    `SELECT account.id::text AS subject, account.floor::text AS expected, account.balance::text AS found
     FROM payments.accounts AS account WHERE account.balance < account.floor`,
  ),
  check(
    'transfer-sum',
    `SELECT concat(entry.transfer_id, ' ', entry.currency) AS subject, '0' AS expected, sum(entry.amount)::text AS found
     FROM payments.entries AS entry GROUP BY entry.transfer_id, entry.currency HAVING sum(entry.amount) <> 0`,
  ),
  check(
    'transfer-entries',
    `SELECT transfer.id::text AS subject, 'two or more' AS expected, count(entry.seq)::text AS found
     FROM payments.transfers AS transfer LEFT JOIN payments.entries AS entry ON entry.transfer_id = transfer.id
     GROUP BY transfer.id HAVING count(entry.seq) < 2`,
  ),
  check(
    'held-balance',
    `SELECT account.id::text AS subject, coalesce(sum(hold.amount), 0)::text AS expected, account.balance::text AS found
     FROM payments.accounts AS account
     LEFT JOIN payments.holds AS hold ON hold.hold_account_id = account.id AND hold.status = 'active'
     WHERE account.kind = 'wallet_hold'
     GROUP BY account.id HAVING coalesce(sum(hold.amount), 0) <> account.balance`,
  ),
  check(
    'completed-transaction',
    `SELECT transaction.id::text AS subject, transaction.amount::text AS expected,
       coalesce(abs(entry.amount)::text, 'nothing') AS found
     FROM payments.transactions AS transaction
     JOIN payments.wallets AS wallet ON wallet.id = transaction.wallet_id
     LEFT JOIN payments.payouts AS payout ON payout.transaction_id = transaction.id
     LEFT JOIN payments.entries AS entry ON entry.transfer_id = transaction.transfer_id AND entry.account_id =
       CASE WHEN transaction.type = 'payment' OR payout.hold_id IS NOT NULL THEN wallet.hold_account_id ELSE wallet.id END
     WHERE transaction.status = 'completed' AND transaction.type <> 'conversion'
       AND (payout.transaction_id IS NULL OR payout.hold_id IS NOT NULL)
       AND CASE WHEN payout.transaction_id IS NULL THEN transaction.amount
         ELSE transaction.amount + transaction.processing_fee END IS DISTINCT FROM CASE
         WHEN payout.transaction_id IS NULL AND transaction.type IN ('deposit', 'transfer_in', 'refund')
           THEN entry.amount ELSE -entry.amount END`,
  ),
  check(
    'conversion',
    `SELECT quote.id::text AS subject,
       concat_ws(' ', -(quote.amount + quote.fee), quote.amount, quote.fee, -quote.receive_amount, quote.receive_amount)
         AS expected,
       concat_ws(' ', moved.source, moved.bought, moved.fees, moved.sold, moved.target) AS found
     FROM payments.fx_quotes AS quote
     LEFT JOIN payments.transactions AS source ON source.id = quote.transfer_id
     LEFT JOIN payments.transactions AS target ON target.id = quote.to_transaction_id
     LEFT JOIN LATERAL (
       SELECT sum(entry.amount) FILTER (WHERE account.id = source.wallet_id) AS source,
         sum(entry.amount) FILTER (WHERE account.kind = 'liquidity' AND account.currency = quote.from_currency) AS bought,
         coalesce(sum(entry.amount) FILTER (WHERE account.kind = 'fees'), 0) AS fees,
         sum(entry.amount) FILTER (WHERE account.kind = 'liquidity' AND account.currency = quote.to_currency) AS sold,
         sum(entry.amount) FILTER (WHERE account.id = target.wallet_id) AS target
       FROM payments.entries AS entry JOIN payments.accounts AS account ON account.id = entry.account_id
       WHERE entry.transfer_id = quote.transfer_id
     ) AS moved ON true
     WHERE quote.spent_at IS NOT NULL AND (
       moved.source IS DISTINCT FROM -(quote.amount + quote.fee) OR moved.bought IS DISTINCT FROM quote.amount
       OR moved.fees IS DISTINCT FROM quote.fee OR moved.sold IS DISTINCT FROM -quote.receive_amount
       OR moved.target IS DISTINCT FROM quote.receive_amount OR source.amount IS DISTINCT FROM quote.amount
       OR source.conversion_fee IS DISTINCT FROM quote.fee OR target.amount IS DISTINCT FROM quote.receive_amount)`,
  ),
  check(
    'conversion-quote',
    `SELECT transaction.id::text AS subject, 'a quote that it spent' AS expected, 'none' AS found
     FROM payments.transactions AS transaction
     LEFT JOIN payments.fx_quotes AS quote ON quote.transfer_id = transaction.transfer_id
     WHERE transaction.type = 'conversion' AND quote.id IS NULL`,
  ),
  check(
    'merchant-payable',
    `SELECT account.id::text AS subject, coalesce(sum(payment.amount - payment.refunded), 0)::text AS expected,
       account.balance::text AS found
     FROM payments.accounts AS account
     LEFT JOIN payments.order_payments AS payment ON payment.merchant_id::text = account.owner
       AND payment.currency = account.currency AND payment.status = 'captured'
     WHERE account.kind = 'merchant_payable'
     GROUP BY account.id HAVING coalesce(sum(payment.amount - payment.refunded), 0) <> account.balance`,
  ),
  check(
    'payout-hold',
    `SELECT transaction.id::text AS subject, transaction.status AS expected, hold.status AS found
     FROM payments.payouts AS payout
     JOIN payments.transactions AS transaction ON transaction.id = payout.transaction_id
     JOIN payments.holds AS hold ON hold.id = payout.hold_id
     WHERE hold.status <> CASE transaction.status WHEN 'completed' THEN 'posted' WHEN 'failed' THEN 'voided' ELSE 'active' END
       OR hold.amount <> transaction.amount + transaction.processing_fee`,
  ),
  check(
    'refunds-of-deposit',
    `SELECT deposit.id::text AS subject, deposit.amount::text AS expected, sum(refund.amount)::text AS found
     FROM payments.payouts AS payout
     JOIN payments.transactions AS deposit ON deposit.id = payout.deposit_id
     JOIN payments.transactions AS refund ON refund.id = payout.transaction_id AND refund.status <> 'failed'
     GROUP BY deposit.id HAVING sum(refund.amount) > deposit.amount`,
  ),
  check(
    'order-hold',
    `SELECT payment.order_id::text AS subject, payment.status AS expected, hold.status AS found
     FROM payments.order_payments AS payment JOIN payments.holds AS hold ON hold.id = payment.hold_id
     WHERE hold.status <> CASE payment.status WHEN 'held' THEN 'active' WHEN 'released' THEN 'voided' ELSE 'posted' END`,
  ),
  check(
    'order-refunds',
    `SELECT payment.order_id::text AS subject, payment.refunded::text AS expected,
       coalesce(sum(refund.amount), 0)::text AS found
     FROM payments.order_payments AS payment
     LEFT JOIN payments.transactions AS refund ON refund.refund_of = payment.transaction_id AND refund.status = 'completed'
     GROUP BY payment.order_id HAVING coalesce(sum(refund.amount), 0) <> payment.refunded`,
  ),
  check(
    'settled-order',
    `SELECT payment.order_id::text AS subject, 'one line of a statement' AS expected, count(line.id)::text AS found
     FROM payments.order_payments AS payment
     LEFT JOIN payments.settlement_lines AS line ON line.order_id = payment.order_id AND line.kind = 'order'
     GROUP BY payment.order_id
     HAVING count(line.id) > 1 OR (payment.status = 'settled' AND count(line.id) <> 1)
       OR (payment.status IN ('held', 'captured', 'released') AND count(line.id) <> 0)`,
  ),
  check(
    'dispute-refund',
    `SELECT dispute.id::text AS subject, dispute.refunded::text AS expected, coalesce(sum(refund.amount), 0)::text AS found
     FROM payments.disputes AS dispute
     LEFT JOIN payments.transactions AS refund ON refund.refund_of = dispute.transaction_id
       AND refund.reference = 'disputed' AND refund.status = 'completed'
     WHERE dispute.status <> 'withdrawn'
     GROUP BY dispute.id HAVING coalesce(sum(refund.amount), 0) <> dispute.refunded`,
  ),
  check(
    'settlement-line',
    `SELECT line.id::text AS subject,
       concat_ws(' ', line.net, line.commission + line.processing + line.tax) AS expected,
       concat_ws(' ', wallet.got, fees.got) AS found
     FROM payments.settlement_lines AS line
     JOIN payments.transactions AS transaction ON transaction.id = line.transaction_id
     LEFT JOIN LATERAL (
       SELECT coalesce(sum(entry.amount), 0) AS got FROM payments.entries AS entry
       WHERE entry.transfer_id = line.id AND entry.account_id = transaction.wallet_id
     ) AS wallet ON true
     LEFT JOIN LATERAL (
       SELECT coalesce(sum(entry.amount), 0) AS got FROM payments.entries AS entry
       JOIN payments.accounts AS account ON account.id = entry.account_id AND account.kind = 'fees'
       WHERE entry.transfer_id = line.id
     ) AS fees ON true
     WHERE wallet.got <> line.net OR fees.got <> line.commission + line.processing + line.tax
       OR transaction.processing_fee <> line.commission + line.processing + line.tax`,
  ),
] as const;

const COUNTS = statement(
  'payments.verify-counts',
  `SELECT (SELECT count(*) FROM payments.accounts) AS accounts, (SELECT count(*) FROM payments.transfers) AS transfers,
     (SELECT count(*) FROM payments.entries) AS entries`,
);

/**
 * Recomputes the books from the journal: every balance, floor and running balance, every transfer's sum, every hold, and
 * what transactions and orders say against what was posted for them.
 */
export async function verifyLedger(sql: Sql): Promise<LedgerReport> {
  const [counts] = await sql.rows<Omit<LedgerReport, 'findings'>>(COUNTS);
  const findings: Finding[] = [];
  for (const { name, query } of CHECKS) {
    const found = await sql.rows<Omit<Finding, 'check'>>(query);
    findings.push(...found.map((finding) => ({ check: name, ...finding })));
  }
  return { ...counts!, findings };
}
