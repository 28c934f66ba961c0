import { expect, test } from 'vitest';
import { happened } from '#shared/events/event.ts';
import { TransactionUpdated } from '#shared/events/payments.ts';
import type { TransactionId, UserId, WalletId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { makeOverHeldMax } from './over-held-max.ts';

test('a wallet is looked at when money may have come into it, and not when some has left', async () => {
  const seen: string[] = [];
  const { handle } = makeOverHeldMax({ noteOverHeldMax: async ({ transactionId }) => void seen.push(transactionId) });
  const changed = (type: 'refund' | 'deposit' | 'transfer_out' | 'payment') => {
    const transaction_id = newId<TransactionId>('core');
    const of = { transaction_id, user_id: newId<UserId>('SG'), wallet_id: newId<WalletId>('core') };
    const event = happened(TransactionUpdated, transaction_id, {
      ...of,
      type,
      status: 'completed',
      amount: '1.00',
      currency: 'SGD',
    });
    return { ...event, id: newId<TransactionId>('core'), occurredAt: new Date() };
  };
  const events = [changed('refund'), changed('transfer_out'), changed('deposit'), changed('payment')];
  await handle(events, undefined as never);
  expect(seen).toEqual([events[0]!.aggregateId, events[2]!.aggregateId]);
});
