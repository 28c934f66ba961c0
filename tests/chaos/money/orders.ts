import { setTimeout as sleep } from 'node:timers/promises';
import { openOrders } from '#tests/chaos/books.ts';
import { LoadLog } from '#tests/chaos/load-log.ts';
import { placeOrder, type Sale } from '#tests/chaos/order-load.ts';
import { until } from '#tests/chaos/patience.ts';
import type { Resident, Stall } from '#tests/chaos/town.ts';
import { AppError } from '#shared/errors.ts';
import { type Sql, statement } from '#shared/sql.ts';
import type { Arena } from '../faults/arena.ts';
import { booksAtRest } from '../faults/books-at-rest.ts';
import { strike } from '../faults/strike.ts';
import { type RunOptions, suffer } from '../faults/suffer.ts';
import type { Verdict } from '../verdict.ts';

const CUSTOMERS = 8;
const BALANCE = '1000000.00';
/** More than anybody will buy. */
const STOCK = 100_000;
const AFTER_REFUSAL_MS = 500;

const PIECES_LEFT = statement(
  'tests.pieces-left',
  `SELECT stock.quantity AS on_sale, count(orders.id) AS sold
   FROM commerce.stock LEFT JOIN commerce.orders ON orders.shop_id = stock.shop_id AND orders.status = 'delivered'
   WHERE stock.item_id = $1 GROUP BY stock.item_id`,
);

/** Lets people order, and merchants deliver, while things go wrong, and sees that each order has come to its end once. */
export async function runOrders(arena: Arena, options: RunOptions): Promise<Verdict> {
  const startedAt = performance.now();
  const log = new LoadLog();
  const stall = await arena.town.stall(STOCK);
  const customers = await arena.town.residents(CUSTOMERS, BALANCE);
  const closing = new AbortController();
  const settled: string[] = [];
  const wrong: string[] = [];
  const buying = customers.map((customer) => buy(customer, stall));

  async function buy(customer: Resident, from: Stall): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        const sale = await placeOrder(customer, from, log);
        await seeThroughFaults(sale);
        settled.push(sale.id);
        await sleep(options.pauseMs);
      } catch (error) {
        wrong.push(`a purchase was given up: ${error instanceof Error ? error.message : 'an exception'}`);
        await sleep(AFTER_REFUSAL_MS);
      }
    }
  }

  const { faults, mustBeZero } = await suffer(
    (fault) => strike(arena, fault),
    options,
    () => settled.length,
  );
  closing.abort();
  await Promise.all(buying);
  const open = await openOrders(arena.database);
  const books = await booksAtRest(arena);
  const stock = await stockFaults(arena.database, stall, settled.length);
  return {
    counted: { 'delivered and paid': settled.length },
    mustBeZero: {
      'given up': wrong.length,
      'left open': open.length,
      'sold otherwise': stock.length,
      ...mustBeZero,
      'faults in the books': books.length,
    },
    details: [...wrong, ...open, ...stock, ...books],
    faults,
    tookMs: performance.now() - startedAt,
  };
}

/** Everything that is left to do for an order. Looking whether the merchant was paid may fail for the moment, too. */
async function seeThroughFaults(sale: Sale): Promise<void> {
  await sale.confirm();
  await sale.ship();
  await sale.deliver();
  const isSettled = async () => (await sale.story().catch(nothingYet)).includes('settle completed');
  await until(`order ${sale.id} is settled`, isSettled);
}

function nothingYet(error: unknown): readonly string[] {
  if (error instanceof AppError && error.retryable) return [];
  throw error;
}

/** Each piece is on sale or sold, and as many are sold as were seen to be. */
async function stockFaults(sql: Sql, { productId, stock }: Stall, settled: number): Promise<string[]> {
  const [row] = await sql.rows<{ on_sale: bigint; sold: bigint }>(PIECES_LEFT, [productId]);
  const [left, sold] = [Number(row?.on_sale), Number(row?.sold)];
  return left + sold === stock && sold === settled
    ? []
    : [`of ${stock} pieces ${left} are on sale and ${sold} sold, and ${settled} were seen to be delivered`];
}
