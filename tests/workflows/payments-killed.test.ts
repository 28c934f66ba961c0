import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { PaymentActivities } from '#activities/payments/activities.ts';
import type { TransactionBody } from '#shared/contracts/payments/transaction.ts';
import type { TransactionId } from '#shared/ids.ts';
import { type DepositScene, openDeposit } from '#tests/integration/payments/open-deposit.ts';
import { GOOD_TOKEN, newKey } from '#tests/integration/payments/open-payments.ts';
import { BANK } from '#tests/integration/payments/open-withdrawal.ts';
import { openPayoutsWorld } from './payouts-world.ts';
import { quietTemporal } from './quiet-temporal.ts';

// Every step of every story of payments is lost twice: once before anything was done, and once after all of it was done
// and before anybody heard. Webhooks are dropped, so that each step is really taken.

const WITHIN = { timeout: 60_000 };
const TEST_MS = 90_000;

/** Where the loss of each step is shown; `elsewhere` for the steps of an order. A new step needs a place. */
const LOST_IN: Readonly<Record<keyof PaymentActivities, 'deposit' | 'payout' | 'elsewhere'>> = {
  createCharge: 'deposit',
  checkCharge: 'deposit',
  expireCharge: 'deposit',
  sendPayout: 'payout',
  checkPayout: 'payout',
  holdForOrder: 'elsewhere',
  captureOrder: 'elsewhere',
  releaseOrder: 'elsewhere',
  refundOrder: 'elsewhere',
  settleOrder: 'elsewhere',
  runSettlements: 'elsewhere',
  missDisputeAnswer: 'elsewhere',
  escalateDispute: 'elsewhere',
};

const times = new Map<string, number>();

/** Loses the first two tries of each step of each transaction. */
function dying(steps: PaymentActivities): PaymentActivities {
  const wrapped = Object.entries(steps).map(([name, step]) => [
    name,
    async (of: { readonly transactionId: string }) => {
      const tries = (times.get(`${name} ${of.transactionId}`) ?? 0) + 1;
      times.set(`${name} ${of.transactionId}`, tries);
      if (tries === 1) throw new Error('died before');
      const answer = await (step as (of: object) => Promise<unknown>)(of);
      if (tries === 2) throw new Error('died after');
      return answer;
    },
  ]);
  return Object.fromEntries(wrapped) as PaymentActivities;
}

const closing = new AsyncDisposableStack();
let here: DepositScene;
let world: Awaited<ReturnType<typeof openPayoutsWorld>>;

beforeAll(async () => {
  quietTemporal();
  here = closing.use(await openDeposit());
  world = closing.use(await openPayoutsWorld(here, dying));
  await here.control('/sandbox/faults', { target: 'omise', kind: 'drop_webhook', rate: 1 });
});
afterAll(() => closing.disposeAsync());

async function known(id: TransactionId): Promise<void> {
  await vi.waitFor(async () => expect(await here.charges(id)).toHaveLength(1), WITHIN);
}

function lost(id: TransactionId, ...steps: (keyof PaymentActivities)[]): void {
  for (const step of steps) {
    expect([step, times.get(`${step} ${id}`)]).toEqual([step, expect.toSatisfy((count: number) => count >= 2)]);
  }
}

const idOf = ({ id }: TransactionBody) => id as TransactionId;

async function withdraw(changes: { readonly account_number?: string } = {}) {
  const destination = { ...BANK, ...changes };
  const asked = { walletId: here.walletId, amount: '40.00', destination, description: undefined };
  const confirmed = { key: newKey(), stepUpToken: GOOD_TOKEN };
  return idOf(await here.payments.requestWithdrawal(here.caller, asked, confirmed));
}

let depositId: TransactionId;

test(
  'a deposit every step of which is lost twice is charged and credited once',
  async () => {
    const { id } = await here.request();
    depositId = id;
    await known(id);
    await here.control(`/sandbox/charges/${id}/settle`);
    expect(await world.outcomeOf(id)).toEqual({ status: 'completed' });
    expect(await here.charges(id)).toHaveLength(1);
    expect((await here.wallet(here.caller)).balance).toBe('100.00');
    lost(id, 'createCharge', 'checkCharge');
  },
  TEST_MS,
);

test(
  'a withdrawal every step of which is lost twice is paid once',
  async () => {
    const id = await withdraw();
    await known(id);
    await here.control(`/sandbox/charges/${id}/settle`);
    expect(await world.outcomeOf(id)).toEqual({ status: 'completed' });
    expect(await here.charges(id)).toMatchObject([{ status: 'successful', attempts: 1 }]);
    expect(await here.wallet(here.caller)).toMatchObject({ balance: '60.00', frozen_balance: '0.00' });
    lost(id, 'sendPayout', 'checkPayout');
  },
  TEST_MS,
);

test(
  'a withdrawal that the bank refuses is back once, whatever was lost on the way',
  async () => {
    const id = await withdraw({ account_number: '1234567800' });
    expect(await world.outcomeOf(id)).toEqual({ status: 'failed' });
    expect(await here.charges(id)).toMatchObject([{ status: 'failed', attempts: 1 }]);
    expect(await here.wallet(here.caller)).toMatchObject({ balance: '60.00', frozen_balance: '0.00' });
  },
  TEST_MS,
);

test(
  'a refund every step of which is lost twice is given back once',
  async () => {
    const asked = { transactionId: depositId, amount: '25.00' };
    const id = idOf(await here.payments.refundTransaction(here.caller, asked, newKey()));
    expect(await world.outcomeOf(id)).toEqual({ status: 'completed' });
    expect(await here.charges(id)).toMatchObject([{ status: 'successful', attempts: 1, amount: '25.00' }]);
    expect(await here.wallet(here.caller)).toMatchObject({ balance: '35.00', frozen_balance: '0.00' });
    lost(id, 'sendPayout');
  },
  TEST_MS,
);

test('every step of payments has a place where it is lost, and the books are right after all of it', async () => {
  const taken = new Set([...times.keys()].map((key) => key.split(' ')[0]));
  for (const [step, place] of Object.entries(LOST_IN)) {
    if (place === 'payout') expect(taken).toContain(step);
  }
  expect((await here.verify()).findings).toEqual([]);
});
