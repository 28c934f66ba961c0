import { expect, test } from 'vitest';
import { happened, type NewEvent } from '#shared/events/event.ts';
import { MoneyRequestUpdated, WalletUpdated } from '#shared/events/payments.ts';
import type { MoneyRequestId, UserId, WalletId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { makeLiveUpdates } from './live-updates.ts';

const [nok, lek] = [newId<UserId>('TH'), newId<UserId>('TH')];
const stored = (event: NewEvent) => ({ ...event, id: newId<WalletId>('core'), occurredAt: new Date() });
const none = () => Promise.reject(new Error('nobody asks for this'));

/** What reached whom of an event: the name, and whose view it was. */
async function emitted(event: NewEvent): Promise<unknown[]> {
  const told: unknown[] = [];
  const { handle, types } = makeLiveUpdates({
    orderFor: none,
    transactionFor: none,
    caseFor: none,
    walletFor: async (userId, id) => ({ viewOf: userId, id }) as never,
    moneyRequestFor: async (userId, id) => ({ viewOf: userId, id }) as never,
    emitToUsers: (...of) => void told.push(of),
  });
  expect(types).toContain(event.type);
  await handle([stored(event)], undefined as never);
  return told;
}

test('the owner of a wallet hears what was done to it', async () => {
  const wallet_id = newId<WalletId>('core');
  const frozen = { wallet_id, user_id: nok, currency: 'THB', status: 'suspended', step: 'frozen' } as const;
  expect(await emitted(happened(WalletUpdated, wallet_id, frozen))).toEqual([
    [[nok], 'wallet:updated', { viewOf: nok, id: wallet_id, step: 'frozen' }],
  ]);
});

test('both sides of a request hear of it, each their own view', async () => {
  const request_id = newId<MoneyRequestId>('core');
  const asked = {
    request_id,
    requester_id: nok,
    payer_id: lek,
    status: 'paid',
    amount: '1.00',
    currency: 'THB',
  } as const;
  expect(await emitted(happened(MoneyRequestUpdated, request_id, asked))).toEqual([
    [[nok], 'money_request:updated', { viewOf: nok, id: request_id, step: 'paid' }],
    [[lek], 'money_request:updated', { viewOf: lek, id: request_id, step: 'paid' }],
  ]);
});
