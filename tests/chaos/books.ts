import { verifyAuditChain } from '#infrastructure/events/audit-chain.ts';
import { verifyLedger } from '#services/payments/verify-ledger.ts';
import { firstRow, type Sql, statement } from '#shared/sql.ts';

const BACKLOG = statement(
  'tests.backlog',
  `SELECT (SELECT count(*) FROM events.outbox)
     + coalesce((SELECT sum(end_of.log - places.log_offset) FROM events.places
       CROSS JOIN (SELECT coalesce(max(log.log_offset), 0) AS log FROM events.log) AS end_of), 0) AS waiting`,
);
const DEAD = statement(
  'tests.dead-letters',
  `SELECT dead.consumer_group || ' set aside ' || log.type || ': ' || dead.reason AS fault
   FROM events.dead_letters AS dead LEFT JOIN events.log ON log.log_offset = dead.log_offset`,
);
/** Money may be held for an order only until it is captured or given back. */
const STUCK_HOLDS = statement(
  'tests.stuck-holds',
  `SELECT 'a hold of order ' || payment.order_id || ', which is ' || purchase.status || ', is active' AS fault
   FROM payments.holds AS hold
   LEFT JOIN payments.order_payments AS payment ON payment.hold_id = hold.id
   LEFT JOIN commerce.orders AS purchase ON purchase.id = payment.order_id
   WHERE hold.status = 'active' AND purchase.status IS DISTINCT FROM 'pending'`,
);
const OPEN_ORDERS = statement(
  'tests.open-orders',
  `SELECT 'order ' || purchase.id || ' is open, as ' || purchase.status AS fault
   FROM commerce.orders AS purchase WHERE purchase.closed_at IS NULL`,
);
/** A sold order has moved its price once on each side, the fees of the merchant's side included. */
const PAID_OTHERWISE = statement(
  'tests.paid-otherwise',
  `SELECT concat('order ', purchase.id, ' was paid ', count(*) FILTER (WHERE made.type = 'payment'),
     ' times and its merchant ', count(*) FILTER (WHERE made.type = 'transfer_in')) AS fault
   FROM commerce.orders AS purchase
   LEFT JOIN payments.transactions AS made ON made.order_id = purchase.id AND made.status = 'completed'
     AND made.amount + CASE made.type WHEN 'transfer_in' THEN made.processing_fee ELSE 0 END = purchase.total
     AND made.user_id = CASE made.type WHEN 'payment' THEN purchase.customer_id ELSE purchase.owner_id END
   WHERE purchase.status = 'delivered' AND purchase.closed_at IS NOT NULL
   GROUP BY purchase.id
   HAVING count(*) FILTER (WHERE made.type = 'payment') <> 1 OR count(*) FILTER (WHERE made.type = 'transfer_in') <> 1`,
);

/** Events that the relay or a consumer has still to handle. */
export async function backlog(sql: Sql): Promise<number> {
  const row = await firstRow<{ waiting: string }>(sql, BACKLOG);
  return Number(row?.waiting);
}

/**
 * What must hold at every moment when nothing is under way: the ledger balances, the audit chain verifies, no event was
 * set aside, and no hold outlives its order.
 *
 * @returns a sentence for each thing that is wrong
 */
export async function bookFaults(sql: Sql): Promise<string[]> {
  const { findings } = await verifyLedger(sql);
  const chain = await verifyAuditChain(sql);
  return [
    ...findings.map(({ check, subject, expected, found }) => `${check} of ${subject}: ${expected}, found ${found}`),
    ...(chain.ok ? [] : [`the audit chain is broken at record ${chain.brokenAt}`]),
    ...(await faults(sql, DEAD)),
    ...(await faults(sql, STUCK_HOLDS)),
    ...(await faults(sql, PAID_OTHERWISE)),
  ];
}

/** Orders that have not come to their end. */
export function openOrders(sql: Sql): Promise<string[]> {
  return faults(sql, OPEN_ORDERS);
}

async function faults(sql: Sql, query: ReturnType<typeof statement>): Promise<string[]> {
  return (await sql.rows<{ fault: string }>(query)).map(({ fault }) => fault);
}
