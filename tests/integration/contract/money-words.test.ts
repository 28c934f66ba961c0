import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Call } from '#shared/http/call.ts';
import { DecimalString } from '#shared/money.ts';
import { newId } from '#shared/new-id.ts';
import { contractCalls, roleFor } from './calls.ts';
import { EXAMPLES, type Json, type JsonObject } from './examples.ts';
import { openContract, PIN, type Contract, type Person } from './open-contract.ts';
import { makeThings, type Things } from './things.ts';

/** What is no amount of money in any currency, however it is written. */
const NO_AMOUNTS: readonly Json[] = [
  '-1',
  '-1.00',
  '-0.01',
  '0',
  '0.00',
  '1e3',
  '1E3',
  '1e-2',
  '0x10',
  '0b1',
  'NaN',
  'Infinity',
  '-Infinity',
  '',
  ' ',
  '1 ',
  ' 1',
  '1\n',
  '\t1',
  '1,000.00',
  '1.000,00',
  '1_000',
  '1.',
  '.5',
  '01',
  '00',
  '00.01',
  '+1',
  '+1.00',
  '1.001',
  '0.001',
  '1.234567',
  '1..0',
  '1.0.0',
  '٣',
  '１',
  '9007199254740993',
  '999999999999999999',
  '1'.padEnd(31, '0'),
  '100.00 THB',
  '฿100',
  '100.00; DROP TABLE payments.entries',
  '\u0000',
  '1\u0000',
  -1,
  0,
  1,
  1.5,
  1e3,
  9_007_199_254_740_992,
  1e30,
  null,
  true,
  false,
  [],
  ['10.00'],
  [10],
  {},
  { amount: '10.00' },
  { amount: '10.00', currency: 'THB' },
];

/** Of these the thing that the amount is of is absent here: what only its currency can tell is found absent first. */
const OF_ABSENT_THINGS: ReadonlySet<string> = new Set(['openDispute']);

/** Calls that take an amount, of today and of tomorrow. */
const withAmount = contractCalls.filter(
  ({ name, tag }) => tag === 'payments' && (EXAMPLES[name] ?? []).some(({ body }) => 'amount' in body),
);

let contract: Contract;
let things: Things;
let staff: Person;
let proof: string;
beforeAll(async () => {
  contract = await openContract();
  things = await makeThings(contract);
  [staff] = (await contract.people(1, { role: 'ops' })) as [Person];
  const stepUp = contractCalls.find(({ name }) => name === 'stepUp')!;
  const { body } = await contract.ask(stepUp, { token: things.me.token, body: { pin: PIN } });
  proof = (body as { step_up_token: string }).step_up_token;
});
afterAll(() => contract[Symbol.asyncDispose]());

/** The example of a call with my own wallet in it, and someone to pay. */
function bodyOf(call: Call): JsonObject {
  const { mine, them } = things;
  const own = { wallet_id: mine.wallet, recipient_id: them.id };
  const { body } = EXAMPLES[call.name]!.find(({ body }) => 'amount' in body)!;
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [name, own[name as keyof typeof own] ?? value]),
  );
}

function ask(call: Call, body: JsonObject) {
  const { mine, me } = things;
  const id = call.path.includes('/wallets/') ? mine.wallet : mine.transaction;
  return contract.ask(call, {
    token: roleFor(call) === 'user' ? me.token : staff.token,
    params: { id },
    body,
    headers: { 'idempotency-key': newId('core'), 'step-up': proof },
  });
}

test('deposits, withdrawals, transfers and quotes are among the calls that take an amount', () => {
  expect(withAmount.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['createDeposit', 'createWithdrawal', 'createTransfer', 'createQuote']),
  );
});

describe('what is no amount', () => {
  test.each(withAmount)('is refused by $name, whatever its type and form', async (call) => {
    const body = bodyOf(call);
    const wrong = OF_ABSENT_THINGS.has(call.name)
      ? NO_AMOUNTS.filter((amount) => !DecimalString.safeParse(amount).success)
      : NO_AMOUNTS;
    for (const amount of wrong) {
      const { status, body: answer } = await ask(call, { ...body, amount });
      const { code } = answer as { readonly code?: string };
      expect({ amount, status, code }).toEqual({ amount, status: 400, code: 'VALIDATION_ERROR' });
    }
  });
});
