import { expect, test } from 'vitest';
import type { Caller } from '#shared/caller.ts';
import type { TransactionId, WalletId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { GOOD_TOKEN, newKey, openPayments, type TestPayments } from './open-payments.ts';
import { openPaymentsFront } from './open-payments-front.ts';

function pay(
  scene: TestPayments,
  from: { caller: Caller; walletId: WalletId },
  to: Caller,
  minor: bigint,
  note?: string,
) {
  const money = { minor, currency: 'THB' } as const;
  const asked = { walletId: from.walletId, recipientId: to.userId, money, description: note, reference: undefined };
  return scene.payments.sendTransfer(from.caller, asked, { key: newKey(), stepUpToken: GOOD_TOKEN });
}

test('a statement is refused to strangers and for cursors that are not ours', async () => {
  await using scene = await openPayments();
  const { walletId, caller } = await scene.someoneWith('1.00');
  const read = (who: Caller, cursor?: string) => scene.payments.getStatement(who, { walletId, cursor, limit: 10 });
  await expect(read(scene.someone())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  for (const cursor of ['', 'x', btoa('[1]'), btoa('["a",1]'), btoa('[1.5,2]'), btoa('[-1,2]')]) {
    await expect(read(caller, cursor), cursor).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  }
});

test('a statement runs on without a gap, page by page, whatever is posted meanwhile', async () => {
  await using scene = await openPayments();
  const nok = await scene.someoneWith('100.00');
  const lek = await scene.someoneWith('100.00');
  for (let round = 1n; round <= 5n; round += 1n) {
    await pay(scene, nok, lek.caller, round);
    await pay(scene, lek, nok.caller, 10n * round);
  }
  const read = (cursor?: string) =>
    scene.payments.getStatement(nok.caller, { walletId: nok.walletId, cursor, limit: 4 });
  const pages = [await read()];
  while (pages.at(-1)!.next_cursor !== null) {
    await pay(scene, nok, lek.caller, 1n);
    pages.push(await read(pages.at(-1)!.next_cursor!));
  }
  const entries = pages.flatMap((page) => page.entries);
  expect(entries.map(({ seq }) => seq)).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
  expect(new Set(pages.map(({ closing_balance }) => closing_balance))).toEqual(new Set(['101.35']));
  const cents = (text: string) => Math.round(Number(text) * 100);
  for (const [place, { amount, balance_after }] of entries.entries()) {
    const before = entries[place + 1]?.balance_after ?? pages[0]!.opening_balance;
    expect(cents(balance_after)).toBe(cents(before) + cents(amount));
  }
  // Both of those that were sent and those that came lead to the transaction in the history.
  for (const { transaction_id, amount, kind } of entries.filter((entry) => entry.kind === 'transfer')) {
    const found = await scene.payments.getTransaction(nok.caller, transaction_id as TransactionId);
    expect([kind, found.type]).toEqual([kind, amount.startsWith('-') ? 'transfer_out' : 'transfer_in']);
  }
});

test('a range of time has its own opening and closing balance, also where nothing happened', async () => {
  await using scene = await openPayments();
  const nok = await scene.someoneWith('100.00');
  const lek = scene.someone();
  const from = new Date();
  await pay(scene, nok, lek, 100n);
  await pay(scene, nok, lek, 200n);
  const to = new Date(Date.now() + 1);
  await new Promise((resolve) => setTimeout(resolve, 5));
  await pay(scene, nok, lek, 400n);
  const read = (range: { from?: Date; to?: Date }) =>
    scene.payments.getStatement(nok.caller, { walletId: nok.walletId, ...range, limit: 10 });
  expect(await read({ from, to })).toMatchObject({
    opening_balance: '100.00',
    closing_balance: '97.00',
    entries: [{ amount: '-2.00' }, { amount: '-1.00' }],
    next_cursor: null,
  });
  expect(await read({ from: new Date() })).toMatchObject({
    opening_balance: '93.00',
    closing_balance: '93.00',
    entries: [],
  });
  expect(await read({ from: to, to: from })).toMatchObject({
    opening_balance: '97.00',
    closing_balance: '97.00',
    entries: [],
  });
});

test('a receipt names both sides, but nobody who has blocked the reader, and waits until it is completed', async () => {
  await using scene = await openPayments();
  const [nok, lek] = [await scene.someoneWith('100.00'), scene.someone()];
  const { id } = await pay(scene, nok, lek, 12_50n, 'noodles');
  const read = () => scene.payments.getReceipt(nok.caller, id as TransactionId);
  const receipt = await read();
  expect(receipt).toMatchObject({
    receipt_number: expect.stringMatching(/^\d{8}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/),
    payer: { user_id: nok.caller.userId, name: `Person ${nok.caller.userId.slice(-4)}` },
    payee: { user_id: lek.userId, name: `Person ${lek.userId.slice(-4)}` },
    amount: '12.50',
    total: '12.50',
    description: 'noodles',
  });
  expect((await read()).receipt_number).toBe(receipt.receipt_number);
  scene.blocks.add(`${lek.userId} ${nok.caller.userId}`);
  expect(await read()).toMatchObject({ payee: { user_id: lek.userId, name: null } });

  const nobodys = newId<TransactionId>('core');
  await expect(scene.payments.getReceipt(nok.caller, nobodys)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const asked = { walletId: nok.walletId, amount: '20.00', paymentMethod: 'promptpay', description: undefined };
  const deposit = await scene.payments.requestDeposit(nok.caller, asked, newKey());
  await expect(scene.payments.getReceipt(nok.caller, deposit.id as TransactionId)).rejects.toMatchObject({
    code: 'CONFLICT',
  });
});

test('the page to print is in the language and zone of its reader, and what people wrote is text in it', async () => {
  await using front = await openPaymentsFront();
  const nok = await front.someoneWith('100.00');
  const { id } = await pay(front, nok, front.someone(), 12_50n, '<b>noodles</b>');
  const answer = await front.call(nok.caller.userId, 'GET', `/payments/transactions/${id}/receipt/page`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(answer.text).toContain('<html lang="th">');
  expect(answer.text).toContain('&lt;b&gt;noodles&lt;/b&gt;');
  expect(answer.text).toContain('฿12.50');
  expect(answer.text).toContain('Asia/Bangkok');
  expect(answer.text).not.toContain('<script');
});
