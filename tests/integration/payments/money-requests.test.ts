import { expect, test } from 'vitest';
import { makeKeepMoney, makeOwnMoney } from '#services/payments/own-money.ts';
import type { Caller } from '#shared/caller.ts';
import type { MoneyRequestId, UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { DAY } from '#shared/time.ts';
import { GOOD_TOKEN, newKey, openPayments, type TestPayments } from './open-payments.ts';

function ask(scene: TestPayments, from: Caller, payerId: UserId, minor = 100n, expiresAt?: Date) {
  const asked = { payerId, money: { minor, currency: 'THB' }, note: 'noodles', expiresAt } as const;
  return scene.payments.askForMoney(from, asked, newKey());
}

function pay(
  scene: TestPayments,
  by: Caller,
  id: string,
  key = newKey(),
  stepUpToken: string | undefined = GOOD_TOKEN,
) {
  return scene.payments.payMoneyRequest(by, { id: id as MoneyRequestId, description: undefined }, { key, stepUpToken });
}

test('nobody asks themselves, somebody who is not there, or who has blocked them, or for ever', async () => {
  await using scene = await openPayments();
  const [nok, lek] = [scene.someone(), scene.someone()];
  await expect(ask(scene, nok, nok.userId)).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  await expect(ask(scene, nok, newId<UserId>('TH'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  scene.blocks.add(`${lek.userId} ${nok.userId}`);
  await expect(ask(scene, nok, lek.userId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const suspended = scene.someone({ status: 'suspended' });
  await expect(ask(scene, nok, suspended.userId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  for (const days of [-1, 31]) {
    const expiresAt = new Date(Date.now() + days * DAY);
    await expect(ask(scene, lek, nok.userId, 1n, expiresAt)).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  }
});

test('the same key again gets the first answer, also when the request has expired since', async () => {
  await using scene = await openPayments();
  const [nok, lek] = [scene.someone(), scene.someone()];
  const key = newKey();
  const asked = {
    payerId: lek.userId,
    money: { minor: 100n, currency: 'THB' },
    note: undefined,
    expiresAt: new Date(scene.now().getTime() + DAY / 2),
  } as const;
  const first = await scene.payments.askForMoney(nok, asked, key);
  scene.pass(DAY / 2 + 1);
  expect(await scene.payments.askForMoney(nok, asked, key)).toEqual(first);
});

test('of twenty at once to one person five are made, and no more than fifty a day to anybody', async () => {
  await using scene = await openPayments();
  const nok = scene.someone();
  const lek = scene.someone();
  const all = await Promise.allSettled(Array.from({ length: 20 }, () => ask(scene, nok, lek.userId)));
  expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
  for (const one of all) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'CONFLICT' });

  for (let asked = 5; asked < 50; asked += 1) await ask(scene, nok, scene.someone().userId);
  await expect(ask(scene, nok, scene.someone().userId)).rejects.toMatchObject({ code: 'RATE_LIMIT_EXCEEDED' });
  scene.pass(DAY);
  await ask(scene, nok, scene.someone().userId);
});

test('a request is paid once, by a transfer that names it, however many try', async () => {
  await using scene = await openPayments();
  const [nok, lek] = [scene.someone(), await scene.someoneWith('100.00')];
  const { id } = await ask(scene, nok, lek.caller.userId, 1_000n);
  await expect(pay(scene, nok, id)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(pay(scene, scene.someone(), id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(pay(scene, lek.caller, id, newKey(), 'none')).rejects.toMatchObject({ code: 'STEP_UP_REQUIRED' });

  const key = newKey();
  const all = await Promise.allSettled(
    Array.from({ length: 10 }, (_, place) => pay(scene, lek.caller, id, place < 2 ? key : newKey())),
  );
  const paid = all.filter((one) => one.status === 'fulfilled').map(({ value }) => value.id);
  expect(new Set(paid).size).toBe(1);
  for (const one of all) {
    if (one.status === 'rejected') expect(['CONFLICT', 'IDEMPOTENCY_KEY_IN_FLIGHT']).toContain(one.reason.code);
  }
  expect(await scene.wallet(lek.caller)).toMatchObject({ balance: '90.00' });
  expect(await scene.wallet(nok)).toMatchObject({ balance: '10.00' });
  const read = (who: Caller) => scene.payments.getMoneyRequest(who, id as MoneyRequestId);
  expect(await read(lek.caller)).toMatchObject({ status: 'paid', transaction_id: paid[0] });
  expect(await read(nok)).toMatchObject({ status: 'paid', transaction_id: null });
  const { transactions } = await scene.payments.listTransactions(nok, {
    walletId: undefined,
    type: undefined,
    from: undefined,
    to: undefined,
    cursor: undefined,
    limit: 10,
  });
  expect(transactions).toMatchObject([{ type: 'transfer_in', reference: id, description: 'noodles' }]);
  expect((await scene.verify()).findings).toEqual([]);
});

test('a payment that is refused leaves the request open', async () => {
  await using scene = await openPayments();
  const [nok, lek] = [scene.someone(), await scene.someoneWith('5.00')];
  const { id } = await ask(scene, nok, lek.caller.userId, 1_000n);
  await expect(pay(scene, lek.caller, id)).rejects.toMatchObject({ code: 'INSUFFICIENT_FUNDS' });
  await expect(pay(scene, lek.caller, id)).rejects.toMatchObject({ code: 'INSUFFICIENT_FUNDS' });
  expect(await scene.payments.getMoneyRequest(lek.caller, id as MoneyRequestId)).toMatchObject({ status: 'open' });
  const poor = scene.someone();
  const other = await ask(scene, nok, poor.userId);
  await expect(pay(scene, poor, other.id)).rejects.toMatchObject({ code: 'INSUFFICIENT_FUNDS' });
});

test('one that was declined, taken back, or is over is paid no more', async () => {
  await using scene = await openPayments();
  const { payments } = scene;
  const [nok, lek] = [scene.someone(), await scene.someoneWith('100.00')];
  const asked = async () => (await ask(scene, nok, lek.caller.userId)).id as MoneyRequestId;
  const [declined, cancelled, expired] = [await asked(), await asked(), await asked()];
  await expect(payments.declineMoneyRequest(nok, declined)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(payments.cancelMoneyRequest(lek.caller, declined)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  for (const _ of [1, 2]) {
    expect(await payments.declineMoneyRequest(lek.caller, declined)).toMatchObject({ status: 'declined' });
    expect(await payments.cancelMoneyRequest(nok, cancelled)).toMatchObject({ status: 'cancelled' });
  }
  await expect(payments.cancelMoneyRequest(nok, declined)).rejects.toMatchObject({ code: 'CONFLICT' });
  scene.pass(7 * DAY);
  expect(await payments.getMoneyRequest(nok, expired)).toMatchObject({ status: 'expired' });
  for (const id of [declined, cancelled, expired]) {
    await expect(pay(scene, lek.caller, id)).rejects.toMatchObject({ code: 'CONFLICT' });
  }
  const { requests } = await payments.listMoneyRequests(lek.caller, { direction: 'incoming', limit: 10 });
  expect(requests.map(({ status }) => status)).toEqual(['expired', 'cancelled', 'declined']);
  const steps = (await scene.written('payments.money_request_updated')).map(({ data }) => data['status']);
  expect(steps).toEqual(['open', 'open', 'open', 'declined', 'cancelled']);
});

test('requests are in the export of both sides, and what was written in unpaid ones goes when their writer is erased', async () => {
  await using scene = await openPayments();
  const [nok, lek] = [scene.someone(), await scene.someoneWith('100.00')];
  const paid = await ask(scene, nok, lek.caller.userId);
  await pay(scene, lek.caller, paid.id);
  const declined = await ask(scene, nok, lek.caller.userId);
  await scene.payments.declineMoneyRequest(lek.caller, declined.id as MoneyRequestId);
  const open = await ask(scene, nok, lek.caller.userId);
  const ports = { databases: scene.db.databases, publicUrl: '' };
  for (const { userId } of [nok, lek.caller]) {
    const found: object[] = [];
    for await (const { section, records } of makeOwnMoney(ports)(userId)) {
      if (section === 'money_requests') found.push(...records);
    }
    expect(found).toMatchObject([open, declined, paid].map(({ id }) => ({ id, note: 'noodles' })));
  }

  await makeKeepMoney(ports)(nok.userId, 'TH');
  const { requests } = await scene.payments.listMoneyRequests(lek.caller, { direction: 'incoming', limit: 10 });
  expect(requests.map(({ status, note }) => [status, note])).toEqual([
    ['open', null],
    ['declined', null],
    ['paid', 'noodles'],
  ]);
});
