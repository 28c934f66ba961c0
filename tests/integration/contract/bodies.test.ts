import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Role } from '#shared/caller.ts';
import type { Call } from '#shared/http/call.ts';
import { addressOf, contractCalls, roleFor, takesBody } from './calls.ts';
import { EXAMPLES } from './examples.ts';
import type { Ask } from './ask.ts';
import { openContract, type Contract, type Person } from './open-contract.ts';
import { expectFault, expectRefused } from './refused.ts';
import { fieldsOf } from './schema-fields.ts';
import { examplesOf, placesIn, withoutOneField, withUnknownField, withUnreadableText, wronglyTyped } from './spoil.ts';

const BODY_BYTES_MAX = 100 * 1024;
/** Tokens are compared and never kept: a bad one is no token. */
const COMPARED: ReadonlySet<string> = new Set(['refresh_token', 'step_up_token']);
const NOT_OBJECTS = [null, true, 7, 'text', ['text'], []];

let contract: Contract;
/** Someone of each role. */
const people = new Map<Role, Person>();
beforeAll(async () => {
  contract = await openContract();
  for (const role of new Set(contractCalls.map(roleFor))) {
    const [person] = (await contract.people(1, { role })) as [Person];
    people.set(role, person);
  }
});
afterAll(() => contract[Symbol.asyncDispose]());

/** As someone who is logged in, and may make the call. */
function ask(call: Call, sent: Ask = {}) {
  return contract.ask(call, { token: tokenFor(call), ...sent });
}

function tokenFor(call: Call): string {
  return people.get(roleFor(call))!.token;
}

const withBody = contractCalls.filter(({ body }) => body !== undefined);
const json = contractCalls.filter((call) => takesBody(call) && call.raw !== true);
const withoutBody = json.filter(({ body }) => body === undefined);

describe('the examples', () => {
  test('are those of the calls that have a body, and of no others', () => {
    expect(Object.keys(EXAMPLES).toSorted()).toEqual(withBody.map(({ name }) => name).toSorted());
  });

  test.each(withBody)('of $name are taken by its schema, and hold every field of it', ({ name, body }) => {
    for (const { body: example } of examplesOf(name)) expect(body!.safeParse(example).error).toBeUndefined();
    const held = new Set(
      examplesOf(name)
        .flatMap((example) => placesIn(example.body))
        .map(({ path }) => path),
    );
    expect([...fieldsOf(body!).keys()].filter((path) => !held.has(path))).toEqual([]);
  });
});

describe('a body', () => {
  test.each(withBody)('of $name with an unknown field is refused, wherever that is', async (call) => {
    for (const { path, how, body } of examplesOf(call.name).flatMap(withUnknownField)) {
      expectFault(await ask(call, { body }), path, how);
    }
  });

  test.each(withBody)('of $name with a value of another type is refused, wherever that is', async (call) => {
    for (const { path, how, body } of examplesOf(call.name).flatMap(wronglyTyped)) {
      const text = JSON.stringify(body);
      expectFault(await ask(call, { body: text }), path, how);
    }
  });

  test.each(withBody)('of $name whose text cannot be seen or kept is refused, wherever that is', async (call) => {
    for (const { path, how, body } of examplesOf(call.name).flatMap(withUnreadableText)) {
      if (COMPARED.has(path)) continue;
      expectFault(await ask(call, { body }), path, how);
    }
  });

  test.each(withBody)('of $name that lacks what it needs is told so by name', async (call) => {
    const needed = examplesOf(call.name)
      .flatMap(withoutOneField)
      .filter(({ body }) => !call.body!.safeParse(body).success);
    for (const { path, how, body } of needed) expectFault(await ask(call, { body }), path, how);
    const isOptional = call.body!.safeParse({}).success;
    if (!isOptional) expectRefused(await ask(call, { body: {} }), 'VALIDATION_ERROR', 'an empty object');
    if (!isOptional) expectRefused(await ask(call), 'VALIDATION_ERROR', 'nothing');
  });

  test.each(withoutBody)('of $name, which takes none, is refused', async (call) => {
    expectFault(await ask(call, { body: { surprising: 1 } }), 'surprising', 'a field');
    for (const body of NOT_OBJECTS) expectFault(await ask(call, { body: JSON.stringify(body) }), '', String(body));
  });

  test.each(json)('of $name that is not JSON, or no JSON that can be read, is refused', async (call) => {
    for (const body of ['{', '{"a":1,}', "{'a':1}", 'undefined', '[1', '"', '\u0000', '{"a":NaN}']) {
      expectRefused(await ask(call, { body }), 'VALIDATION_ERROR', body);
    }
    const deep = `{"a":${'['.repeat(100)}${']'.repeat(100)}}`;
    expectRefused(await ask(call, { body: deep }), 'VALIDATION_ERROR', 'a deep nest');
  });

  test.each(json)('of $name of another type is not taken', async (call) => {
    const body = JSON.stringify(call.body === undefined ? {} : examplesOf(call.name)[0]!.body);
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'json']) {
      const answer = await ask(call, { body, headers: { 'content-type': type } });
      expectRefused(answer, 'UNSUPPORTED_MEDIA_TYPE', type);
    }
    const packed = await ask(call, { body, headers: { 'content-encoding': 'gzip' } });
    expectRefused(packed, 'UNSUPPORTED_MEDIA_TYPE', 'gzip');
  });

  test.each(contractCalls.filter(takesBody))('of $name that is too large is refused, said or not', async (call) => {
    const { bytesMax, types } = call.upload ?? { bytesMax: BODY_BYTES_MAX, types: ['application/json'] };
    const body = JSON.stringify({ filler: 'x'.repeat(bytesMax) });
    const headers = { 'content-type': types[0]! };
    expectRefused(await ask(call, { body, headers }), 'PAYLOAD_TOO_LARGE', 'by its length');
    const streamed: RequestInit & { duplex: 'half' } = {
      method: call.method,
      headers: { ...headers, authorization: `Bearer ${tokenFor(call)}`, 'idempotency-key': 'k' },
      body: new Blob([body]).stream(),
      duplex: 'half',
    };
    const response = await fetch(contract.url + addressOf(call), streamed);
    expect(response.status).toBe(413);
    await response.body?.cancel();
  });
});

describe('an Idempotency-Key', () => {
  const keyed = contractCalls.filter(({ idempotency }) => idempotency !== undefined);
  const needed = keyed.filter(({ idempotency }) => idempotency === 'required');

  test('is needed by the calls of the contract that move money, as far as they are there', () => {
    expect(needed.map(({ name }) => name).toSorted()).toEqual([
      'createConversion',
      'createDeposit',
      'createTransfer',
      'createWithdrawal',
      'payMoneyRequest',
      'placeOrder',
      'refundTransaction',
    ]);
  });

  test('is taken by every other call that creates something and answers it', () => {
    const creating = contractCalls.filter(({ method, answers }) => method === 'POST' && 201 in answers);
    expect(creating.filter(({ idempotency }) => idempotency === undefined)).toEqual([]);
  });

  test.each(needed)('of $name that is missing is asked for, whatever the body', async (call) => {
    for (const body of [examplesOf(call.name)[0]!.body, { surprising: 1 }, '{']) {
      const none = await ask(call, { body, headers: { 'idempotency-key': '' } });
      expectRefused(none, 'IDEMPOTENCY_KEY_MISSING', 'an empty one');
    }
  });

  test.each(keyed)('of $name that is none is refused', async (call) => {
    for (const key of ['two words', 'x'.repeat(256)]) {
      expectFault(await ask(call, { headers: { 'idempotency-key': key } }), 'Idempotency-Key', key);
    }
  });
});
