import { expect, test } from 'vitest';
import { openDeposit } from './open-deposit.ts';
import { openWithdrawal } from './open-withdrawal.ts';

// The token of Xendit's webhooks signs nothing: whoever has it can write what they like into them.

test('a webhook that tells of a paid charge under the reference of another deposit credits nobody', async () => {
  await using scene = await openDeposit({ country: 'PH', currency: 'PHP', gateway: 'xendit' });
  const paid = await scene.request({ method: 'gcash', amount: '99.95' });
  const unpaid = await scene.request({ method: 'gcash', amount: '99.95' });
  for (const { id } of [paid, unpaid]) await scene.payments.createCharge(id);
  await scene.control(`/sandbox/charges/${paid.id}/settle`);
  const [honest] = await scene.webhooks(1);
  const body = honest!.body.replaceAll(paid.id, unpaid.id);
  const forged = scene.hear(honest!, { body, headers: { 'webhook-id': 'another' } });
  await expect(forged).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await scene.status(unpaid.id)).toBe('pending');
  await scene.hear(honest!);
  expect((await scene.wallet(scene.caller, 'PHP')).balance).toBe('99.95');
});

test('a webhook that tells of a payout under the reference of another one ends neither', async () => {
  await using scene = await openWithdrawal({ balance: '1000.00', currency: 'PHP', facts: { country: 'PH' } });
  const destination = { type: 'gcash', account_number: '+639171234567', account_name: 'Sari Dewi' };
  const paid = await scene.withdraw({ destination });
  const waiting = await scene.withdraw({ destination });
  await scene.payments.sendPayout(paid.id);
  await scene.control(`/sandbox/charges/${paid.id}/settle`);
  const [honest] = await scene.webhooks(1);
  const body = honest!.body.replaceAll(paid.id, waiting.id);
  const headers = { ...(honest!.headers as Record<string, string>), 'webhook-id': 'another' };
  const forged = scene.payments.receiveWebhook({ gateway: 'xendit', headers, body: Buffer.from(body) });
  await expect(forged).rejects.toMatchObject({ code: 'CONFLICT' });
  expect([await scene.status(paid.id), await scene.status(waiting.id)]).toEqual(['processing', 'processing']);
  await scene.hear(honest!, 'xendit');
  expect(await scene.status(paid.id)).toBe('completed');
});
