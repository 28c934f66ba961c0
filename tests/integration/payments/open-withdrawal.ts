import { expect } from 'vitest';
import type { Person } from '#services/payments/ports.ts';
import type { Caller } from '#shared/caller.ts';
import type { TransactionBody } from '#shared/contracts/payments/transaction.ts';
import type { TransactionId, WalletId } from '#shared/ids.ts';
import type { Currency } from '#shared/money.ts';
import type { Received } from '../sandbox/receiver.ts';
import { GOOD_TOKEN, newKey, openPayments, type TestPayments } from './open-payments.ts';

export const BANK = {
  type: 'bank',
  bank_code: 'kbank',
  account_number: '123-4-56789-1',
  account_name: 'Somchai Jaidee',
} as const;

type Asked = {
  readonly amount?: string;
  readonly destination?: Record<string, string>;
  readonly description?: string;
  readonly stepUpToken?: string | undefined;
};

type Believed = { readonly status: string; readonly attempts: number; readonly amount: string };

export type WithdrawalScene = TestPayments & {
  readonly caller: Caller;
  readonly walletId: WalletId;
  /** Asks for a withdrawal, 100.00 to a bank unless told otherwise. */
  withdraw(changes?: Asked, key?: ReturnType<typeof newKey>): Promise<TransactionBody & { id: TransactionId }>;
  /** What the sandbox's person does, or the webhook that it sends. */
  control(path: string, body?: unknown): Promise<void>;
  /** The next call to the gateway, or of it, goes wrong like this. */
  fault(kind: string, target?: string): Promise<void>;
  /** The webhooks that came since the last time, once there are as many; not yet handed to payments. */
  webhooks(count: number): Promise<readonly Received[]>;
  hear(webhook: Received, gateway?: string): Promise<void>;
  status(id: TransactionId): Promise<string>;
  /** What the gateway believes of payouts and refunds with this reference. */
  payouts(id: TransactionId): Promise<readonly Believed[]>;
  /** What can be spent, and what is held. */
  money(): Promise<readonly [string, string]>;
};

type Who = { readonly balance?: string; readonly currency?: Currency; readonly facts?: Partial<Person> };

/** Someone with 1,000.00 baht unless told otherwise, and a gateway whose webhooks the test hands over. */
export async function openWithdrawal({
  balance = '1000.00',
  currency = 'THB',
  facts = {},
}: Who = {}): Promise<WithdrawalScene> {
  const test = await openPayments();
  const { caller, walletId } = await test.someoneWith(balance, currency, facts);
  let seen = 0;
  const control = async (path: string, body?: unknown): Promise<void> => {
    const answer = await test.sandbox.call(path, { method: 'POST', ...(body === undefined ? {} : { body }) });
    expect([path, answer.status]).toEqual([path, expect.toSatisfy((status: number) => status < 300)]);
  };
  return {
    ...test,
    caller,
    walletId,
    withdraw: async (changes = {}, key = newKey()) => {
      const { amount = '100.00', destination = BANK, description } = changes;
      const stepUpToken = 'stepUpToken' in changes ? changes.stepUpToken : GOOD_TOKEN;
      const asked = { walletId, amount, destination: destination as typeof BANK, description };
      const made = await test.payments.requestWithdrawal(caller, asked, { key, stepUpToken });
      return { ...made, id: made.id as TransactionId };
    },
    control,
    fault: (kind, target = 'omise') => control('/sandbox/faults', { target, kind, count: 1 }),
    webhooks: async (count) => {
      const { received } = test.sandbox.receiver;
      await expect.poll(() => received.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(seen + count);
      const fresh = received.slice(seen);
      seen = received.length;
      return fresh;
    },
    hear: ({ headers, body }, gateway = 'omise') =>
      test.payments.receiveWebhook({
        gateway,
        headers: headers as Record<string, string>,
        body: Buffer.from(body),
      }),
    status: async (id) => (await test.payments.getTransaction(caller, id)).status,
    payouts: async (id) => {
      const { body } = await test.sandbox.call(`/sandbox/charges?reference=${id}`);
      return body as Believed[];
    },
    money: async () => {
      const { available_balance: available, frozen_balance: frozen } = await test.wallet(caller, currency);
      return [available, frozen];
    },
  };
}
