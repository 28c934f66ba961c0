import type { Caller } from '#shared/caller.ts';
import type { TransactionBody } from '#shared/contracts/payments/transaction.ts';
import type { TransactionId, WalletId } from '#shared/ids.ts';
import type { Currency } from '#shared/money.ts';
import type { Country } from '#shared/regions.ts';
import { expect } from 'vitest';
import type { Received } from '../sandbox/receiver.ts';
import { newKey, openPayments, type TestPayments } from './open-payments.ts';

export type DepositScene = TestPayments & {
  readonly caller: Caller;
  readonly walletId: WalletId;
  /** Asks for a deposit, 100.00 by PromptPay unless told otherwise. */
  request(changes?: {
    amount?: string;
    method?: string;
    description?: string;
  }): Promise<TransactionBody & { id: TransactionId }>;
  /** What the sandbox's person does, or the webhook that it sends. */
  control(path: string, body?: unknown): Promise<void>;
  /** The webhooks that came since the last time, once there are as many; not yet handed to payments. */
  webhooks(count: number): Promise<readonly Received[]>;
  hear(webhook: Received, changes?: { body?: string; headers?: Record<string, string> }): Promise<void>;
  status(id: TransactionId): Promise<string>;
  /** What the gateway believes. */
  charges(id: TransactionId): Promise<readonly { status: string; attempts: number }[]>;
};

type Home = { readonly country: Country; readonly currency: Currency; readonly gateway: string };
const THAI: Home = { country: 'TH', currency: 'THB', gateway: 'omise' };

/** Someone with an empty wallet, of baht unless told otherwise, and a gateway whose webhooks the test hands over. */
export async function openDeposit({ country, currency, gateway }: Home = THAI): Promise<DepositScene> {
  const test = await openPayments();
  const caller = test.someone({ country });
  const wallet = await test.payments.createWallet(caller, { currency, isPrimary: false }, undefined);
  const walletId = wallet.id as WalletId;
  let seen = 0;
  return {
    ...test,
    caller,
    walletId,
    request: async ({ amount = '100.00', method = 'promptpay', description } = {}) => {
      const asked = { walletId, amount, paymentMethod: method, description };
      const transaction = await test.payments.requestDeposit(caller, asked, newKey());
      return { ...transaction, id: transaction.id as TransactionId };
    },
    control: async (path, body) => {
      const answer = await test.sandbox.call(path, { method: 'POST', ...(body === undefined ? {} : { body }) });
      expect(answer.status).toBeLessThan(300);
    },
    webhooks: async (count) => {
      const { received } = test.sandbox.receiver;
      await expect.poll(() => received.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(seen + count);
      const fresh = received.slice(seen);
      seen = received.length;
      return fresh;
    },
    hear: ({ headers, body }, changes = {}) =>
      test.payments.receiveWebhook({
        gateway,
        headers: { ...(headers as Record<string, string>), ...changes.headers },
        body: Buffer.from(changes.body ?? body),
      }),
    status: async (id) => (await test.payments.getTransaction(caller, id)).status,
    charges: async (id) => {
      const { body } = await test.sandbox.call(`/sandbox/charges?reference=${id}`);
      return body as { status: string; attempts: number }[];
    },
  };
}
