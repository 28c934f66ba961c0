import { expect, test } from 'vitest';
import type { Caller } from '#shared/caller.ts';
import type { CaseId, TransactionId, WalletId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { statement } from '#shared/sql.ts';
import { GOOD_TOKEN, newKey, openPayments, type TestPayments } from './open-payments.ts';

const ABROAD = 3_000_000n;

function send({ payments }: TestPayments, caller: Caller, walletId: WalletId, to: Caller, minor: bigint) {
  const money = { minor, currency: 'THB' } as const;
  return payments.sendTransfer(
    caller,
    { walletId, recipientId: to.userId, money, description: undefined, reference: undefined },
    { key: newKey(), stepUpToken: GOOD_TOKEN },
  );
}

test('whoever is not identified sends no large sum abroad: a smaller one, and one at home, they do', async () => {
  await using test = await openPayments();
  const { caller, walletId } = await test.someoneWith('50000.00');
  const [abroad, atHome] = [test.someone({ country: 'SG' }), test.someone()];
  await expect(send(test, caller, walletId, abroad, ABROAD)).rejects.toMatchObject({
    code: 'LIMIT_EXCEEDED',
    details: 'To send 30000.00 THB abroad verify your identity first',
  });
  expect((await test.wallet(caller)).balance).toBe('50000.00');
  await expect(send(test, caller, walletId, abroad, ABROAD - 1n)).resolves.toMatchObject({ status: 'completed' });
  await expect(send(test, caller, walletId, atHome, 2_000_000n)).resolves.toMatchObject({ status: 'completed' });
  expect(await test.count('travel_records')).toBe(0);
});

test('a large sum abroad is kept with who sent it to whom, and reading that is audited', async () => {
  await using test = await openPayments();
  const { caller, walletId } = await test.someoneWith('100000.00', 'THB', { kycTier: 1 });
  const abroad = test.someone({ country: 'SG' });
  const ours = newId<CaseId>('TH');
  test.cases.set(caller.userId, ours);
  const { id } = await send(test, caller, walletId, abroad, ABROAD);
  const auditor = test.someone();
  expect(await test.payments.readTravelRecord(auditor, id as TransactionId)).toMatchObject({
    transaction_id: id,
    amount: '30000.00',
    currency: 'THB',
    rule: expect.stringContaining('FATF R.16') as string,
    originator: { user_id: caller.userId, country: 'TH', kyc_tier: 1, case_id: ours },
    beneficiary: { user_id: abroad.userId, country: 'SG', kyc_tier: 0, case_id: null },
  });
  const read = (await test.written('audit.recorded')).at(-1);
  expect(read).toMatchObject({
    aggregate_id: id,
    data: { actor: auditor.userId, action: 'payments.travel_record_read' },
  });
  await expect(test.payments.readTravelRecord(auditor, newId<TransactionId>('core'))).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
});

test('what was kept is changed and removed by nobody', async () => {
  await using test = await openPayments();
  for (const text of ['UPDATE payments.travel_records SET amount = 1', 'DELETE FROM payments.travel_records']) {
    await expect(test.db.database.rows(statement('', text))).rejects.toMatchObject({ code: '42501' });
  }
});

test('someone who is suspended sends nothing, and hears what the owner of a suspended wallet does', async () => {
  await using test = await openPayments();
  const { caller, walletId } = await test.someoneWith('100.00', 'THB', { status: 'suspended' });
  await expect(send(test, caller, walletId, test.someone(), 100n)).rejects.toMatchObject({ code: 'CONFLICT' });
});
