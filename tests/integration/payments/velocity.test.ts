import { expect, test } from 'vitest';
import { openDatabase } from '#infrastructure/postgres/database.ts';
import { raiseAlerts } from '#services/payments/compliance/alert-store.ts';
import { assertMayWithdraw } from '#services/payments/compliance/may-withdraw.ts';
import { VELOCITY_RULES, type VelocityRule } from '#services/payments/compliance/velocity-rules.ts';
import { judgeMovements, giveBackMovements, type Movement } from '#services/payments/compliance/judge-movements.ts';
import type { MoneyAlertId, OrderId } from '#shared/ids.ts';
import type { Caller } from '#shared/caller.ts';
import { newId } from '#shared/new-id.ts';
import { statement } from '#shared/sql.ts';
import { HOUR, MINUTE } from '#shared/time.ts';
import { GOOD_TOKEN, newKey, openPayments, type TestPayments } from './open-payments.ts';
import { BANK, openWithdrawal } from './open-withdrawal.ts';

/** Three movements in ten minutes, two new payees a day; sums above one step-up sum a day are flagged. */
const TIGHT: readonly VelocityRule[] = VELOCITY_RULES.flatMap((rule) => {
  if (rule.name === 'movements_10m') return [{ ...rule, max: 3n }];
  if (rule.name === 'new_payees_day') return [{ ...rule, max: 2n }];
  return rule.name === 'sum_day' ? [{ ...rule, max: 1_000n }] : [];
});

function send({ payments }: TestPayments, from: { caller: Caller; walletId: string }, to: Caller, minor: bigint) {
  return payments.sendTransfer(
    from.caller,
    {
      walletId: from.walletId as never,
      recipientId: to.userId,
      money: { minor, currency: 'THB' },
      description: undefined,
      reference: undefined,
    },
    { key: newKey(), stepUpToken: GOOD_TOKEN },
  );
}

const REFUSED = { code: 'LIMIT_EXCEEDED' };
const page = { limit: 50 };

test('the fourth movement in ten minutes is refused with nothing moved, and ops see it once however often it is tried', async () => {
  await using test = await openPayments({ velocityRules: TIGHT });
  const sender = await test.someoneWith('1000.00');
  const friend = test.someone();
  const ops = test.someone();
  for (let sent = 0; sent < 3; sent++) await send(test, sender, friend, 100n);
  await expect(send(test, sender, friend, 100n)).rejects.toMatchObject(REFUSED);
  await expect(send(test, sender, friend, 100n)).rejects.toMatchObject(REFUSED);
  expect((await test.wallet(sender.caller)).balance).toBe('997.00');
  const { alerts } = await test.payments.listAlerts(ops, page);
  expect(alerts).toMatchObject([
    { user_id: sender.caller.userId, rule: 'movements_10m', outcome: 'refused', times: 2 },
  ]);
  const refusals = (await test.written('audit.recorded')).filter(({ data }) => data['outcome'] === 'refused');
  expect(refusals.map(({ data }) => data['facts'])).toEqual([
    { code: 'LIMIT_EXCEEDED', rules: 'movements_10m' },
    { code: 'LIMIT_EXCEEDED', rules: 'movements_10m' },
  ]);
  test.pass(10 * MINUTE);
  await expect(send(test, sender, friend, 100n)).resolves.toMatchObject({ status: 'completed' });
});

test('of many at once no more pass than the rule lets', async () => {
  await using test = await openPayments({ velocityRules: TIGHT });
  const sender = await test.someoneWith('1000.00');
  const friend = test.someone();
  const settled = await Promise.allSettled(Array.from({ length: 20 }, () => send(test, sender, friend, 100n)));
  expect(settled.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0);
  expect(settled.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(3);
  expect((await test.verify()).findings).toEqual([]);
});

test('a transfer that the ledger refuses counts for nothing', async () => {
  await using test = await openPayments({ velocityRules: TIGHT });
  const sender = await test.someoneWith('10.00');
  const friend = test.someone();
  for (let tried = 0; tried < 5; tried++) {
    await expect(send(test, sender, friend, 2_000n)).rejects.toMatchObject({ code: 'INSUFFICIENT_FUNDS' });
  }
  await expect(send(test, sender, friend, 1_000n)).resolves.toMatchObject({ status: 'completed' });
});

test('a third new payee of the day is refused, someone known is not, and the next day begins anew', async () => {
  await using test = await openPayments({ velocityRules: TIGHT });
  const sender = await test.someoneWith('1000.00');
  const [one, two, three] = [test.someone(), test.someone(), test.someone()];
  await send(test, sender, one, 100n);
  await send(test, sender, two, 100n);
  await expect(send(test, sender, three, 100n)).rejects.toMatchObject(REFUSED);
  await expect(send(test, sender, one, 100n)).resolves.toMatchObject({ status: 'completed' });
  test.pass(24 * HOUR);
  await expect(send(test, sender, three, 100n)).resolves.toMatchObject({ status: 'completed' });
});

test('a sum over a rule that only flags moves, and is shown to ops in the transaction of its effect', async () => {
  await using test = await openPayments({ velocityRules: TIGHT });
  const sender = await test.someoneWith('10000.00');
  await expect(send(test, sender, test.someone(), 500_001n)).resolves.toMatchObject({ status: 'completed' });
  const { alerts } = await test.payments.listAlerts(test.someone(), page);
  expect(alerts).toMatchObject([{ rule: 'sum_day', outcome: 'flagged', times: 1 }]);
  const told = (await test.written('audit.recorded')).filter(({ data }) => data['action'] === 'payments.flagged');
  expect(told).toMatchObject([{ data: { actor: sender.caller.userId, facts: { rule: 'sum_day', times: 1 } } }]);
});

test('ops let someone go over a rule for a day; nobody lets themselves, and a decision stands', async () => {
  await using test = await openPayments({ velocityRules: TIGHT });
  const sender = await test.someoneWith('1000.00');
  const friend = test.someone();
  const ops = test.someone();
  for (let sent = 0; sent < 3; sent++) await send(test, sender, friend, 100n);
  await expect(send(test, sender, friend, 100n)).rejects.toMatchObject(REFUSED);
  const [alert] = (await test.payments.listAlerts(ops, { ...page, user_id: sender.caller.userId })).alerts;
  const id = alert!.id as MoneyAlertId;
  await expect(test.payments.decideAlert(sender.caller, id, 'allow')).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await test.payments.decideAlert(ops, id, 'allow');
  await test.payments.decideAlert(ops, id, 'allow');
  await expect(test.payments.decideAlert(ops, id, 'dismiss')).rejects.toMatchObject({ code: 'CONFLICT' });
  expect((await test.payments.listAlerts(ops, page)).alerts).toEqual([]);
  for (let sent = 0; sent < 4; sent++) await send(test, sender, friend, 100n);
  test.pass(24 * HOUR);
  for (let sent = 0; sent < 3; sent++) await send(test, sender, friend, 100n);
  await expect(send(test, sender, friend, 100n)).rejects.toMatchObject(REFUSED);
});

test('a batch is judged in its order, each on its own, and what is given back can be used again', async () => {
  await using test = await openPayments({ velocityRules: TIGHT });
  const [sender, other, friend] = [test.someone(), test.someone(), test.someone()];
  const by = (from: Caller): Movement => ({
    userId: from.userId,
    payeeId: friend.userId,
    money: { minor: 100n, currency: 'THB' },
    isNewPayee: false,
  });
  const batch = [sender, sender, other, sender, sender, other].map(by);
  const at = test.now();
  const verdicts = await test.db.database.transaction(async (tx) => {
    const judged = await judgeMovements(tx, batch, at, TIGHT);
    await giveBackMovements(tx, [by(sender)]);
    return judged.map(({ verdict }) => verdict);
  });
  expect(verdicts).toEqual(['passed', 'passed', 'passed', 'passed', 'refused', 'passed']);
  const next = await test.db.database.transaction((tx) => judgeMovements(tx, [by(sender), by(sender)], at, TIGHT));
  expect(next.map(({ verdict }) => verdict)).toEqual(['passed', 'refused']);
});

test('someone on a list neither pays nor is paid, and neither side hears why', async () => {
  await using test = await openPayments({ velocityRules: TIGHT });
  const [barred, honest] = [await test.someoneWith('1000.00'), await test.someoneWith('1000.00')];
  const { userId } = barred.caller;
  test.listed.add(userId);
  await test.payments.copyParty(userId, 'case 1');
  await test.payments.copyParty(userId, 'case 1');
  await expect(send(test, barred, honest.caller, 100n)).rejects.toMatchObject({
    code: 'CONFLICT',
    message: 'The wallet is suspended or closed',
  });
  await expect(send(test, honest, barred.caller, 100n)).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: 'There is no such recipient',
  });
  const deposit = { walletId: barred.walletId, amount: '100.00', paymentMethod: 'promptpay', description: undefined };
  await expect(test.payments.requestDeposit(barred.caller, deposit, newKey())).rejects.toMatchObject({
    code: 'CONFLICT',
  });
  const order = { orderId: newId<OrderId>('core'), amount: '1.00', currency: 'THB' } as const;
  const [theirs, ours] = [
    { ...order, customerId: userId, walletId: barred.walletId, merchantId: honest.caller.userId },
    { ...order, customerId: honest.caller.userId, walletId: honest.walletId, merchantId: userId },
  ];
  expect(await test.payments.holdForOrder(theirs)).toEqual({ type: 'declined', reason: 'WALLET_SUSPENDED' });
  expect(await test.payments.holdForOrder(ours)).toEqual({ type: 'declined', reason: 'NOT_FOUND' });
  expect((await test.wallet(barred.caller)).balance).toBe('1000.00');
  expect((await test.wallet(honest.caller)).balance).toBe('1000.00');

  test.listed.delete(userId);
  await test.payments.copyParty(userId, 'case 1');
  await expect(send(test, barred, honest.caller, 100n)).resolves.toMatchObject({ status: 'completed' });
  const told = (await test.written('audit.recorded')).map(({ data }) => data['action'] as string);
  expect(told.filter((action) => action.includes('barred'))).toEqual([
    'payments.party_barred',
    'payments.party_unbarred',
  ]);
});

function buy({ payments }: TestPayments, by: { caller: Caller; walletId: string }, from: Caller, amount = '1.00') {
  const { userId: customerId } = by.caller;
  const order = { orderId: newId<OrderId>('core'), customerId, walletId: by.walletId as never, amount } as const;
  return payments.holdForOrder({ ...order, merchantId: from.userId, currency: 'THB' });
}

test('paying for orders counts with transfers, and the one too many is declined with nothing held and shown to ops', async () => {
  await using test = await openPayments({ velocityRules: TIGHT });
  const customer = await test.someoneWith('10.00');
  const shop = test.someone();
  for (let tried = 0; tried < 5; tried++) {
    expect(await buy(test, customer, shop, '11.00')).toEqual({ type: 'declined', reason: 'INSUFFICIENT_FUNDS' });
  }
  await send(test, customer, shop, 100n);
  for (let bought = 0; bought < 2; bought++) expect(await buy(test, customer, shop)).toMatchObject({ type: 'held' });
  expect(await buy(test, customer, shop)).toEqual({ type: 'declined', reason: 'LIMIT_EXCEEDED' });
  await expect(send(test, customer, shop, 100n)).rejects.toMatchObject(REFUSED);
  expect(await test.wallet(customer.caller)).toMatchObject({ available_balance: '7.00', frozen_balance: '2.00' });
  const { alerts } = await test.payments.listAlerts(test.someone(), page);
  expect(alerts).toMatchObject([
    { user_id: customer.caller.userId, rule: 'movements_10m', outcome: 'refused', times: 2 },
  ]);
  const refusals = (await test.written('audit.recorded')).map(({ data }) => data['facts']);
  expect(refusals).toContainEqual({ reason: 'LIMIT_EXCEEDED', rules: 'movements_10m' });
});

test('an order over a rule that only flags is held, and shown to ops', async () => {
  await using test = await openPayments({ velocityRules: TIGHT });
  const customer = await test.someoneWith('10000.00');
  expect(await buy(test, customer, test.someone(), '5000.01')).toMatchObject({ type: 'held' });
  const { alerts } = await test.payments.listAlerts(test.someone(), page);
  expect(alerts).toMatchObject([{ rule: 'sum_day', outcome: 'flagged', times: 1 }]);
});

test('the order of someone who is suspended is declined, and nothing is held', async () => {
  await using test = await openPayments();
  const customer = await test.someoneWith('10.00', 'THB', { status: 'suspended' });
  expect(await buy(test, customer, test.someone())).toEqual({ type: 'declined', reason: 'WALLET_SUSPENDED' });
  expect(await test.count('holds')).toBe(0);
});

const DEPOSIT = statement(
  'test.small-deposit',
  `WITH moved AS (
     INSERT INTO payments.transfers (id, kind) VALUES ($1, 'deposit') RETURNING id
   )
   INSERT INTO payments.transactions (id, wallet_id, user_id, type, currency, amount, status, status_actor, created_at,
     updated_at) SELECT $1, $2, $3, 'deposit', 'THB', 10000, 'pending', 'a test', $4, $4`,
);
const COMPLETE = statement(
  'test.complete-deposit',
  `UPDATE payments.transactions SET status = 'completed', transfer_id = id, completed_at = updated_at WHERE user_id = $1`,
);

test('what ten small deposits brought does not leave at once, unless ops allow it; a smaller withdrawal does', async () => {
  await using test = await openPayments();
  const saver = await test.someoneWith('1000.00');
  const { userId } = saver.caller;
  const asOwner = openDatabase({ url: test.db.ownerUrl, poolMax: 1, applicationName: 'test' });
  for (let made = 0; made < 10; made++) {
    await asOwner.rows(DEPOSIT, [newId<OrderId>('core'), saver.walletId, userId, test.now()]);
  }
  await asOwner.rows(COMPLETE, [userId]);
  await asOwner.close();
  const may = (minor: bigint) =>
    test.db.database.transaction((tx) =>
      assertMayWithdraw(
        { outbox: test.db.outbox, velocityRules: VELOCITY_RULES, ruleMeters: { overRule: () => undefined } },
        tx,
        userId,
        { minor, currency: 'THB' },
        test.now(),
      ),
    );
  await expect(may(100_000n)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED', rules: ['gathered_deposits'] });
  await expect(may(50_000n)).resolves.toBeUndefined();
  await test.db.database.transaction((tx) => raiseAlerts(tx, userId, ['gathered_deposits'], 'refused', test.now()));
  const [open] = (await test.payments.listAlerts(test.someone(), page)).alerts;
  await test.payments.decideAlert(test.someone(), open!.id, 'allow');
  await expect(may(100_000n)).resolves.toBeUndefined();
});

test('money does not go to an account whose name a list has: it fails, comes back, and ops see why', async () => {
  await using scene = await openWithdrawal();
  const { id } = await scene.withdraw({ destination: { ...BANK, account_name: 'SANCTIONED Person' } });
  expect(await scene.payments.sendPayout(id)).toBe('failed');
  expect(await scene.money()).toEqual(['1000.00', '0.00']);
  expect(await scene.payouts(id)).toEqual([]);
  const { alerts } = await scene.payments.listAlerts(scene.someone(), page);
  expect(alerts).toMatchObject([{ user_id: scene.caller.userId, rule: 'destination_listed', outcome: 'refused' }]);
});
