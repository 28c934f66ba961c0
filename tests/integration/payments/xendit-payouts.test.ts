import { expect, test } from 'vitest';
import type { Currency } from '#shared/money.ts';
import type { Country } from '#shared/regions.ts';
import { openWithdrawal } from './open-withdrawal.ts';

type Row = {
  readonly country: Country;
  readonly currency: Currency;
  readonly amount: string;
  readonly left: string;
  readonly destination: Record<string, string>;
};

const NAME = { account_name: 'Sari Dewi' };

/** What someone with ten times the sum has left when the sum and its fee are held. */
const ROWS: readonly Row[] = [
  {
    country: 'ID',
    currency: 'IDR',
    amount: '100000',
    left: '897500',
    destination: { type: 'bank', bank_code: 'bca', account_number: '1234567891', ...NAME },
  },
  {
    country: 'ID',
    currency: 'IDR',
    amount: '100000',
    left: '897500',
    destination: { type: 'ewallet', bank_code: 'OVO', account_number: '0812 3456 789', ...NAME },
  },
  {
    country: 'MY',
    currency: 'MYR',
    amount: '10.50',
    left: '94.00',
    destination: { type: 'duitnow', account_number: '0123456789', ...NAME },
  },
  {
    country: 'PH',
    currency: 'PHP',
    amount: '100.25',
    left: '892.25',
    destination: { type: 'gcash', account_number: '+639171234567', ...NAME },
  },
  {
    country: 'VN',
    currency: 'VND',
    amount: '100000',
    left: '896700',
    destination: { type: 'momo', account_number: '0901234567', ...NAME },
  },
];

test.each(ROWS)('$country: $destination.type is paid in $currency to the last unit, the fee on top', async (row) => {
  const { country, currency, amount, left, destination } = row;
  const balance =
    currency === 'MYR' || currency === 'PHP' ? (Number(amount) * 10).toFixed(2) : `${Number(amount) * 10}`;
  await using scene = await openWithdrawal({ balance, currency, facts: { country } });
  const { id, gateway } = await scene.withdraw({ amount, destination });
  expect(gateway).toBe('xendit');
  expect((await scene.money())[0]).toBe(left);
  expect(await scene.payments.sendPayout(id)).toBe('processing');
  expect(await scene.payouts(id)).toMatchObject([{ gateway: 'xendit', amount, currency, idempotency_key: id }]);
  await scene.control(`/sandbox/charges/${id}/settle`);
  const [webhook] = await scene.webhooks(1);
  await Promise.all([1, 2, 3].map(() => scene.hear(webhook!, 'xendit')));
  expect(await scene.status(id)).toBe('completed');
  expect(await scene.money()).toEqual([left, currency === 'MYR' || currency === 'PHP' ? '0.00' : '0']);
  expect((await scene.verify()).findings).toEqual([]);
});

test('a webhook with a wrong token, or of what the gateway does not confirm, changes nothing', async () => {
  await using scene = await openWithdrawal({ balance: '1000.00', currency: 'PHP', facts: { country: 'PH' } });
  const { id } = await scene.withdraw({ destination: ROWS[3]!.destination });
  await scene.payments.sendPayout(id);
  await scene.control(`/sandbox/webhooks/${id}`, { status: 'successful', signature: 'bad' });
  await scene.control(`/sandbox/webhooks/${id}`, { status: 'successful' });
  await scene.control(`/sandbox/webhooks/${id}`, { amount: '1.00' });
  const [forged, early, cheap] = await scene.webhooks(3);
  await expect(scene.hear(forged!, 'xendit')).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  await expect(scene.hear(early!, 'xendit')).rejects.toMatchObject({ code: 'CONFLICT' });
  await expect(scene.hear(cheap!, 'xendit')).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await scene.status(id)).toBe('processing');
});

test('an answer that was lost is asked about, and a key that is honoured needs no rest before it is asked again', async () => {
  await using scene = await openWithdrawal({ balance: '1000.00', currency: 'PHP', facts: { country: 'PH' } });
  const { id } = await scene.withdraw({ destination: { ...ROWS[3]!.destination, account_number: '09171234500' } });
  await scene.fault('error', 'xendit');
  await expect(scene.payments.sendPayout(id)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  await scene.fault('reset_after_commit', 'xendit');
  // The fault strikes the question first, and the repeat then makes it.
  await expect(scene.payments.sendPayout(id)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  await scene.payments.sendPayout(id);
  expect(await scene.payouts(id)).toHaveLength(1);
  const [webhook] = await scene.webhooks(1);
  await scene.hear(webhook!, 'xendit');
  expect(await scene.payments.getTransaction(scene.caller, id)).toMatchObject({
    status: 'failed',
    history: [{ status: 'processing' }, { reason: 'invalid_destination' }],
  });
  expect(await scene.money()).toEqual(['1000.00', '0.00']);
});

test('what is reversed after it was paid is credited anew', async () => {
  await using scene = await openWithdrawal({ balance: '1000.00', currency: 'PHP', facts: { country: 'PH' } });
  const { id } = await scene.withdraw({ destination: ROWS[3]!.destination });
  await scene.payments.sendPayout(id);
  await scene.control(`/sandbox/charges/${id}/settle`);
  const [paid] = await scene.webhooks(1);
  await scene.hear(paid!, 'xendit');
  await scene.control(`/sandbox/charges/${id}/fail`);
  const [reversed] = await scene.webhooks(1);
  await scene.hear(reversed!, 'xendit');
  expect(await scene.money()).toEqual(['990.00', '0.00']);
  expect((await scene.verify()).findings).toEqual([]);
});
