import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from '#tests/integration/gateway/call-at.ts';
import type { Call } from '#shared/http/call.ts';
import { statement } from '#shared/sql.ts';
import { callNamed, contractCalls } from './calls.ts';
import { EXAMPLES, type JsonObject } from './examples.ts';
import type { Ask } from './ask.ts';
import { openContract, PIN, type Contract, type Person } from './open-contract.ts';
import { payDeposit } from './pay-deposit.ts';
import { payOrder } from './pay-order.ts';
import { expectRefused } from './refused.ts';
import { makeThings, type Things } from './things.ts';

/** A request that a call grants, and a body with which it would be another one; by the call's name. */
const TWO: Readonly<Record<string, (things: Things, proof: string) => readonly [Ask, unknown]>> = {
  openDialog: () => two({ body: { type: 'channel', name: 'News' } }, { name: 'Old news' }),
  sendMessage: ({ mine }) =>
    two({ params: { id: mine.dialog }, body: { message_type: 'text', content: 'hello' } }, { content: 'bye' }),
  uploadMedia: () => [{ query: { purpose: 'message' }, body: 'a text of mine' }, 'another text of mine'],
  createWallet: () => two({ body: { currency: 'SGD' } }, { currency: 'USD' }),
  createDeposit: ({ mine }) =>
    two({ params: { id: mine.wallet }, body: { amount: '100.00', payment_method: 'promptpay' } }, { amount: '101.00' }),
  createWithdrawal: ({ mine }, proof) => {
    const { body } = EXAMPLES['createWithdrawal']![0]!;
    return two(
      { params: { id: mine.wallet }, body: { ...body, amount: '30.00' }, headers: { 'step-up': proof } },
      { amount: '31.00' },
    );
  },
  refundTransaction: ({ mine }) =>
    two({ params: { id: mine.transaction }, body: { amount: '1.00' } }, { amount: '2.00' }),
  openDispute: () => two({ body: { transaction_id: paidFor, reason: 'damaged' } }, { reason: 'other' }),
  createQuote: () => two({ body: { from: 'THB', to: 'USD', amount: '10.00' } }, { amount: '11.00' }),
  createConversion: ({ mine }) => two({ body: { quote_id: mine.quote } }, { description: 'for the trip' }),
  createTransfer: ({ mine, them }, proof) => {
    const body = { wallet_id: mine.wallet, recipient_id: them.id, amount: '10.00', currency: 'THB' };
    return two({ body, headers: { 'step-up': proof } }, { amount: '11.00' });
  },
  createMoneyRequest: ({ them }) =>
    two({ body: { payer_id: them.id, amount: '10.00', currency: 'THB' } }, { amount: '11.00' }),
  payMoneyRequest: ({ mine }, proof) =>
    two({ params: { id: mine.asked }, body: {}, headers: { 'step-up': proof } }, { description: 'for lunch' }),
  submitKyc: () => {
    const documents = [{ type: 'national_id', number: '3100600445635', country: 'TH' }];
    const body = { tier: 1, full_name: 'Nok Jaidee', date_of_birth: '1990-05-17', documents };
    return two({ body }, { tier: 2 });
  },
  submitShopVerification: ({ mine }) => {
    const body = { registration_number: '0994000617721', legal_name: 'Lamps', documents: [] };
    return two({ params: { id: mine.shop }, body }, { legal_name: 'More lamps' });
  },
  openShop: () => two({ body: { name: 'Lamps' } }, { name: 'More lamps' }),
  addProduct: ({ mine }) => {
    const body = { shop_id: mine.shop, name: 'Lamp', price: '80.00', currency: 'THB', stock_quantity: 1 };
    return two({ body }, { price: '81.00' });
  },
  placeOrder: ({ mine, checkout }) => two({ body: checkout(mine.wallet) }, { notes: 'ring once' }),
  createNotification: ({ me }) => {
    const body = { recipient_id: me.id, template: 'account.restored', type: 'in_app' };
    return two({ body }, { priority: 'high' });
  },
  registerPushDevice: () =>
    two({ body: { platform: 'apns', token: 'a-token-of-mine' } }, { token: 'another-token-of-mine' }),
  reviewProduct: ({ mine, onSale }) =>
    two({ params: { id: onSale.product }, body: { order_id: mine.order, rating: 5 } }, { rating: 4 }),
};

function two(asked: Ask & { readonly body: JsonObject }, change: JsonObject): readonly [Ask, unknown] {
  return [asked, { ...asked.body, ...change }];
}

const keyed = contractCalls.filter(({ idempotency }) => idempotency !== undefined);

let contract: Contract;
let things: Things;
let proof: string;
/** My payment of an order, captured. */
let paidFor: string;
beforeAll(async () => {
  contract = await openContract();
  things = await makeThings(contract);
  await payDeposit(contract, things.mine.transaction);
  const { mine, me, sellers } = things;
  const sale = { order: mine.order, customer: me.id, wallet: mine.wallet, merchant: sellers.person.id };
  paidFor = await payOrder(contract, sale);
  const { body } = await contract.ask(callNamed('stepUp'), { token: things.me.token, body: { pin: PIN } });
  proof = (body as { step_up_token: string }).step_up_token;
  // As its workflow would, step by step, since the database lets an order skip none.
  const take = statement('test.take-step', 'UPDATE commerce.orders SET status = $2 WHERE orders.id = $1');
  for (const step of ['confirmed', 'processing', 'shipped', 'delivered']) {
    await contract.databases.of('core').rows(take, [things.mine.order, step]);
  }
});
afterAll(() => contract[Symbol.asyncDispose]());

function ask(call: Call, key: string, asked: Ask, { token }: Person = things.me) {
  return contract.ask(call, { token, ...asked, headers: { ...asked.headers, 'idempotency-key': key } });
}

/** What was made. */
function idIn({ body }: Answer): string | undefined {
  const {
    id,
    media_id: mediaId,
    case_id: caseId,
    quote_id: quoteId,
  } = body as Readonly<Record<string, string | undefined>>;
  return id ?? mediaId ?? caseId ?? quoteId;
}

/** What is made at once answers 201; what is taken up, to be decided later, 202. */
function madeBy({ answers }: Call): number {
  return 202 in answers ? 202 : 201;
}

test('there are two requests of every call that takes a key', () => {
  expect(Object.keys(TWO).toSorted()).toEqual(keyed.map(({ name }) => name).toSorted());
});

describe.each(keyed)('a key of $name', (call) => {
  const key = randomUUID();

  test('is not burnt by a refusal, answers the same to the byte again, and is refused with another body', async () => {
    const [first, otherBody] = TWO[call.name]!(things, proof);
    const fields = typeof first.body === 'object' ? (first.body as JsonObject) : undefined;
    if (fields !== undefined) {
      const surprising = { ...first, body: { ...fields, surprising: 1 } };
      expectRefused(await ask(call, key, surprising), 'VALIDATION_ERROR', 'an unknown field');
      expectRefused(await ask(call, key, { ...first, body: '{' }), 'VALIDATION_ERROR', 'a broken body');
    }

    const done = await ask(call, key, first);
    expect([done.status, typeof idIn(done)]).toEqual([madeBy(call), 'string']);
    const turned = fields && { ...first, body: Object.fromEntries(Object.entries(fields).toReversed()) };
    for (const again of [first, turned ?? first]) {
      const replayed = await ask(call, key, again);
      expect([replayed.status, replayed.text]).toEqual([madeBy(call), done.text]);
    }
    expectRefused(await ask(call, key, { ...first, body: otherBody }), 'IDEMPOTENCY_KEY_REUSED', 'another body');
  });

  test('is its owner’s: for someone else it is unused', async () => {
    const [first] = TWO[call.name]!(things, proof);
    const theirs = await ask(call, key, first, things.them);
    const mine = await ask(call, key, first);
    expect([madeBy(call), 400, 403, 404]).toContain(theirs.status);
    expect(idIn(theirs)).not.toBe(idIn(mine));
  });
});

/** Of these there is one at a time, so that another key is refused. */
const SINGLE = new Set([
  'createConversion',
  'createWallet',
  'openDispute',
  'payMoneyRequest',
  'reviewProduct',
  'submitKyc',
  'submitShopVerification',
]);
const renewed = keyed.filter(({ name }) => !SINGLE.has(name));

test.each(renewed)('of ten calls of $name at once with one key, one is done', async (call) => {
  const [asked] = TWO[call.name]!(things, proof);
  const key = randomUUID();
  const answers = await Promise.all(Array.from({ length: 10 }, () => ask(call, key, asked)));
  const done = answers.filter(({ status }) => status === 201);
  expect(new Set(done.map(({ text }) => text)).size).toBe(1);
  for (const answer of answers) {
    if (answer.status !== 201) expectRefused(answer, 'IDEMPOTENCY_KEY_IN_FLIGHT', call.name);
  }
});
