import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeOmiseStatements } from '#infrastructure/gateways/omise-statement.ts';
import { makeOmise } from '#infrastructure/gateways/omise.ts';
import { makeStripeStatements } from '#infrastructure/gateways/stripe-statement.ts';
import { makeStripe } from '#infrastructure/gateways/stripe.ts';
import { makeXenditStatements } from '#infrastructure/gateways/xendit-statement.ts';
import { makeXendit } from '#infrastructure/gateways/xendit.ts';
import type { PaymentGateway } from '#services/payments/ports.ts';
import type { GatewayStatements, StatementLine } from '#services/payments/reconciliation/ports.ts';
import type { TransactionId } from '#shared/ids.ts';
import type { Money } from '#shared/money.ts';
import { newId } from '#shared/new-id.ts';
import { HOUR } from '#shared/time.ts';
import { OMISE, openSandbox, type OpenSandbox, STRIPE, XENDIT } from './open-sandbox.ts';

type Case = {
  readonly name: string;
  readonly method: string;
  readonly money: Money;
  readonly open: (url: string) => { readonly gateway: PaymentGateway; readonly statements: GatewayStatements };
};

const CASES: readonly Case[] = [
  {
    name: 'omise',
    method: 'promptpay',
    money: { minor: 10_000n, currency: 'THB' },
    open: (url) => ({
      gateway: makeOmise({ baseUrl: `${url}/omise`, ...OMISE }),
      statements: makeOmiseStatements({ baseUrl: `${url}/omise`, ...OMISE }),
    }),
  },
  {
    name: 'stripe',
    method: 'paynow',
    money: { minor: 2_500n, currency: 'SGD' },
    open: (url) => ({
      gateway: makeStripe({ baseUrl: `${url}/stripe`, ...STRIPE }),
      statements: makeStripeStatements({ baseUrl: `${url}/stripe`, ...STRIPE }),
    }),
  },
  {
    name: 'xendit',
    method: 'qris',
    money: { minor: 5_000_000n, currency: 'IDR' },
    open: (url) => ({
      gateway: makeXendit({ baseUrl: `${url}/xendit`, ...XENDIT }),
      statements: makeXenditStatements({ baseUrl: `${url}/xendit`, ...XENDIT }),
    }),
  },
];

let sandbox: OpenSandbox;
beforeAll(async () => {
  sandbox = await openSandbox();
});
afterAll(() => sandbox[Symbol.asyncDispose]());

async function linesOf(statements: GatewayStatements): Promise<readonly StatementLine[]> {
  const period = { from: new Date(Date.now() - HOUR), to: new Date(Date.now() + HOUR) };
  const lines: StatementLine[] = [];
  for (let cursor: string | undefined; ;) {
    const { lines: page, next } = await statements.page(period, cursor);
    lines.push(...page);
    if (next === undefined) return lines;
    cursor = next;
  }
}

describe.each(CASES)('the statement of $name', ({ name, method, money, open }) => {
  const plant = async (planted: object) => await sandbox.call(`/sandbox/statements/${name}`, { body: planted });

  test('refuses to be read while the gateway is away', async () => {
    const { statements } = open(sandbox.url);
    await sandbox.call('/sandbox/faults', { body: { target: name, kind: 'error', count: 1 } });
    await expect(linesOf(statements)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });

  test('has the whole sum of a paid charge, its fee, and what we call it; and nothing of one that was not paid', async () => {
    const { gateway, statements } = open(sandbox.url);
    const [paid, left] = [newId<TransactionId>('core'), newId<TransactionId>('core')];
    const ids = new Map<TransactionId, string>();
    for (const reference of [paid, left]) {
      const charge = { reference, money, method, description: undefined, returnUrl: 'https://tchat.example/back' };
      const made = await gateway.create(charge);
      if (!('id' in made)) throw new Error('the sandbox declines no charge');
      ids.set(reference, made.id);
    }
    await sandbox.call(`/sandbox/charges/${paid}/settle`, { method: 'POST' });
    const lines = await linesOf(statements);
    expect(lines).toMatchObject([{ kind: 'charge', reference: paid, objectId: ids.get(paid), ...money }]);
    expect(lines[0]!.feeMinor).toBeGreaterThan(0n);
    expect(lines[0]!.feeMinor).toBeLessThan(money.minor / 20n);
  });

  test('has what the gateway pays over to our bank, and comes in pages', async () => {
    const { statements } = open(sandbox.url);
    const amount = money.currency === 'IDR' ? '1000' : '10.00';
    await plant({ kind: 'bank_payout', amount, currency: money.currency });
    expect((await linesOf(statements)).filter(({ kind }) => kind === 'bank_payout')).toHaveLength(1);
    for (let count = 0; count < 110; count++) await plant({ kind: 'unknown', amount, currency: money.currency });
    const lines = await linesOf(statements);
    expect(new Set(lines.map(({ lineId }) => lineId)).size).toBe(lines.length);
    expect(lines).toHaveLength(112);
  });
});
