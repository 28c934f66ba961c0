import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '#shared/errors.ts';
import type { DisputeId, OrderId, SettlementId, TransactionId } from '#shared/ids.ts';
import { formatMoney, parseMoney } from '#shared/money.ts';
import { newId } from '#shared/new-id.ts';
import { newKey } from './open-payments.ts';
import { openOrder, type OrderScene } from './open-order.ts';

const ORDERS = 3;
const RUNS = 15;

const order = fc.nat(ORDERS - 1);
const sum = fc.bigInt(1n, 12_000n);
const step = fc.oneof(
  fc.record({ do: fc.constant('hold' as const), order, minor: sum }),
  fc.record({ do: fc.constantFrom('giveBack', 'dispute'), order, minor: sum }),
  fc.record({
    do: fc.constantFrom(
      'capture',
      'release',
      'refund',
      'settle',
      'run',
      'accept',
      'contest',
      'decide',
      'withdraw',
      'miss',
    ),
    order,
  }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** Rounds follow each other; the steps of a round are taken all at once. */
const program = fc.record({
  inRuns: fc.boolean(),
  rounds: fc.array(fc.array(step, { minLength: 1, maxLength: 5 }), { minLength: 3, maxLength: 12 }),
});
type Program = typeof program extends fc.Arbitrary<infer P> ? P : never;

/** Refusals that the rules allow; anything else that is thrown is a fault. */
const ALLOWED = new Set([
  'INSUFFICIENT_FUNDS',
  'CONFLICT',
  'NOT_FOUND',
  'PAYMENT_DISPUTED',
  'LIMIT_EXCEEDED',
  'RETRY_LATER',
]);

const satang = (amount: string): bigint => {
  const sign = amount.startsWith('-') ? -1n : 1n;
  const money = parseMoney(amount.replace('-', ''), 'THB');
  if (typeof money === 'string') throw new Error(money);
  return sign * money.minor;
};

/** What callers were answered about one order: which sums went back, so that the books can be held to it. */
type Known = { readonly id: OrderId; payment?: TransactionId; dispute?: DisputeId; givenBack: bigint };

async function take(scene: OrderScene, known: Known, taken: Step): Promise<void> {
  const { payments, customer, merchant } = scene;
  const amount = 'minor' in taken ? formatMoney({ minor: taken.minor, currency: 'THB' }) : undefined;
  const { id: orderId, payment, dispute } = known;
  const steps: Readonly<Record<Step['do'], () => Promise<unknown>>> = {
    hold: async () => {
      const held = await scene.hold({ orderId, amount: amount! });
      if (held.type === 'held') known.payment = held.transactionId;
    },
    capture: () => payments.captureOrder({ orderId }),
    release: () => payments.releaseOrder({ orderId }),
    refund: () => payments.refundOrder({ orderId, reason: 'returned' }),
    settle: () => payments.settleOrder({ orderId }),
    run: () => payments.runSettlements({}),
    giveBack: async () => {
      if (payment !== undefined) known.givenBack += satang((await scene.giveBack(payment, amount)).amount);
    },
    dispute: async () => {
      if (payment === undefined) return;
      const asked = { transactionId: payment, reason: 'damaged', amount, text: undefined } as const;
      known.dispute = (await payments.openDispute(customer, asked, newKey())).id as DisputeId;
    },
    accept: async () =>
      dispute && (await payments.answerDispute(merchant, dispute, { answer: 'accept', text: undefined })),
    contest: async () =>
      dispute && (await payments.answerDispute(merchant, dispute, { answer: 'contest', text: undefined })),
    decide: async () =>
      dispute && (await payments.decideDispute(scene.someone(), dispute, { outcome: 'customer', amount: undefined })),
    withdraw: async () => dispute && (await payments.withdrawDispute(customer, dispute)),
    miss: async () => dispute && (await payments.missDisputeAnswer(dispute)),
  };
  await steps[taken.do]();
}

async function runProgram({ inRuns, rounds }: Program): Promise<void> {
  await using scene = await openOrder({ inRuns, fees: 'standard' });
  const { payments, customer, merchant } = scene;
  const orders: Known[] = Array.from({ length: ORDERS }, () => ({ id: newId<OrderId>('core'), givenBack: 0n }));
  for (const round of rounds) {
    const all = await Promise.allSettled(round.map((taken) => take(scene, orders[taken.order]!, taken)));
    for (const one of all) {
      if (one.status === 'rejected' && !(one.reason instanceof AppError && ALLOWED.has(one.reason.code)))
        throw one.reason;
    }
  }

  let customerHas = 100_000n;
  let frozen = 0n;
  for (const { id, givenBack } of orders) {
    const paid = await payments.getOrderPayment(customer, id).catch(() => undefined);
    if (paid === undefined) continue;
    const [amount, refunded] = [satang(paid.amount), satang(paid.refunded_amount)];
    if (paid.status === 'held') frozen += amount;
    else if (paid.status !== 'released') customerHas -= amount - refunded;
    expect(refunded <= amount).toBe(true);
    expect(givenBack <= refunded).toBe(true);
  }
  const mine = await scene.wallet(customer);
  expect([mine.balance, mine.frozen_balance]).toEqual(
    [customerHas, frozen].map((minor) => formatMoney({ minor, currency: 'THB' })),
  );

  const { settlements } = await payments.listSettlements(merchant, { limit: 100 });
  const statements = await Promise.all(
    settlements.map(({ id }) => payments.getSettlement(merchant, id as SettlementId)),
  );
  const lines = statements.flatMap((statement) => statement.lines);
  const paidOrders = lines.filter(({ kind }) => kind === 'order').map(({ order_id: id }) => id);
  expect(new Set(paidOrders).size).toBe(paidOrders.length);
  const merchantGot = lines.reduce((total, { net }) => total + satang(net), 0n);
  const theirs = (await payments.listWallets(merchant)).map(({ balance }) => satang(balance));
  expect(theirs.reduce((total, balance) => total + balance, 0n)).toBe(merchantGot);
  expect((await scene.verify()).findings).toEqual([]);
}

test('whatever is held, given back, disputed and settled at once: nobody is paid twice, and no more goes back than was paid', async () => {
  await fc.assert(fc.asyncProperty(program, runProgram), { numRuns: RUNS, endOnFailure: true });
}, 120_000);
