import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Caller } from '#shared/caller.ts';
import { AppError } from '#shared/errors.ts';
import type { OrderId, WalletId } from '#shared/ids.ts';
import { formatMoney } from '#shared/money.ts';
import { newId } from '#shared/new-id.ts';
import { statement } from '#shared/sql.ts';
import { GOOD_TOKEN, newKey, openPayments, type TestPayments } from './open-payments.ts';

const PEOPLE = 4;
const ORDERS = 3;
/** Each person begins with this many satang, so that many a step finds too little. */
const SEED = 10_000n;
const RUNS = 20;

const person = fc.nat(PEOPLE - 1);
const order = fc.nat(ORDERS - 1);
const sum = fc.bigInt(1n, 12_000n);
const step = fc.oneof(
  fc.record({ do: fc.constant('transfer' as const), from: person, to: person, minor: sum }),
  fc.record({ do: fc.constant('hold' as const), order, customer: person, merchant: person, minor: sum }),
  fc.record({ do: fc.constantFrom('capture', 'release', 'refund', 'settle'), order }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** Rounds follow each other; the steps of a round are taken all at once. */
const program = fc.array(fc.array(step, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 8 });

type Party = { readonly caller: Caller; readonly walletId: WalletId };
type Hold = { readonly customer: number; readonly merchant: number; readonly minor: bigint };

const STATUS = statement(
  'test.order-status',
  `SELECT payment.status, payment.customer_id, payment.merchant_id, payment.amount
   FROM payments.order_payments AS payment WHERE payment.order_id = $1`,
);

/** Refusals that the rules allow; anything else that is thrown is a fault. */
const ALLOWED = new Set(['INSUFFICIENT_FUNDS', 'CONFLICT', 'VALIDATION_ERROR']);

/** What should be true after a program: who has how much, given which transfers were answered ok and how orders ended. */
class Model {
  readonly #balances = Array.from({ length: PEOPLE }, () => SEED);
  readonly #frozen = Array.from({ length: PEOPLE }, () => 0n);

  transferred(from: number, to: number, minor: bigint): void {
    this.#balances[from]! -= minor;
    this.#balances[to]! += minor;
  }

  ended(status: string, { customer, merchant, minor }: Hold): void {
    if (status === 'held') this.#frozen[customer]! += minor;
    if (status === 'captured' || status === 'settled') this.#balances[customer]! -= minor;
    if (status === 'settled') this.#balances[merchant]! += minor;
  }

  /** As wallets show it: balance and frozen_balance. */
  shown(): string[][] {
    const decimal = (minor: bigint) => formatMoney({ minor, currency: 'THB' });
    return this.#balances.map((balance, who) => [decimal(balance), decimal(this.#frozen[who]!)]);
  }
}

async function takeStep(
  scene: TestPayments,
  people: readonly Party[],
  orders: readonly OrderId[],
  taken: Step,
  model: Model,
) {
  const { payments } = scene;
  if (taken.do === 'transfer') {
    const [from, to] = [people[taken.from]!, people[taken.to]!];
    const money = { minor: taken.minor, currency: 'THB' } as const;
    const asked = {
      walletId: from.walletId,
      recipientId: to.caller.userId,
      money,
      description: undefined,
      reference: undefined,
    };
    await payments.sendTransfer(from.caller, asked, { key: newKey(), stepUpToken: GOOD_TOKEN });
    model.transferred(taken.from, taken.to, taken.minor);
    return;
  }
  const orderId = orders[taken.order]!;
  switch (taken.do) {
    case 'hold':
      await payments.holdForOrder({
        orderId,
        customerId: people[taken.customer]!.caller.userId,
        walletId: people[taken.customer]!.walletId,
        merchantId: people[taken.merchant]!.caller.userId,
        amount: formatMoney({ minor: taken.minor, currency: 'THB' }),
        currency: 'THB',
      });
      return;
    case 'capture':
      return await payments.captureOrder({ orderId });
    case 'release':
      return await payments.releaseOrder({ orderId });
    case 'refund':
      return await payments.refundOrder({ orderId, reason: 'returned' });
    case 'settle':
      return await payments.settleOrder({ orderId });
    default:
  }
}

async function runProgram(scene: TestPayments, rounds: readonly (readonly Step[])[]): Promise<void> {
  const people = await Promise.all(Array.from({ length: PEOPLE }, () => scene.someoneWith('100.00')));
  const orders = Array.from({ length: ORDERS }, () => newId<OrderId>('core'));
  const model = new Model();
  for (const round of rounds) {
    const settled = await Promise.allSettled(round.map((taken) => takeStep(scene, people, orders, taken, model)));
    for (const one of settled) {
      if (one.status === 'rejected' && !(one.reason instanceof AppError && ALLOWED.has(one.reason.code)))
        throw one.reason;
    }
  }
  const at = (userId: string) => people.findIndex(({ caller }) => caller.userId === userId);
  for (const orderId of orders) {
    const [row] = await scene.db.database.rows<{
      status: string;
      customer_id: string;
      merchant_id: string;
      amount: bigint | null;
    }>(STATUS, [orderId]);
    if (row === undefined || row.amount === null) continue;
    model.ended(row.status, { customer: at(row.customer_id), merchant: at(row.merchant_id), minor: row.amount });
  }
  const wallets = await Promise.all(people.map(({ caller }) => scene.wallet(caller)));
  expect(wallets.map(({ balance, frozen_balance }) => [balance, frozen_balance])).toEqual(model.shown());
  for (const { available_balance } of wallets) expect(available_balance).not.toMatch(/^-/);
}

test('random programs of concurrent transfers and orders leave what the model says, and books that verify', async () => {
  await using scene = await openPayments();
  await fc.assert(
    fc.asyncProperty(program, (rounds) => runProgram(scene, rounds)),
    { numRuns: RUNS, endOnFailure: true },
  );
  const { findings, transfers } = await scene.verify();
  expect(findings).toEqual([]);
  expect(transfers).toBeGreaterThan(BigInt(RUNS * PEOPLE));
});
