import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { OpenApiDocument } from '#gateway/openapi/document.ts';
import { apiDescriptionPages } from '#gateway/pages/api-description.ts';
import { landingPage } from '#gateway/pages/landing.ts';
import { authCalls } from '#shared/contracts/auth.ts';
import { messagingCalls } from '#shared/contracts/messaging.ts';
import { paymentsCalls } from '#shared/contracts/payments.ts';
import { type Call, defineCall } from '#shared/http/call.ts';
import { scopeNeeded } from '#shared/scopes.ts';
import { calls, routes } from './test-routes.ts';
import { referencesOf } from './references-of.ts';
import { openFront, type TestFront } from './test-front.ts';

const real: readonly Call[] = [...authCalls, ...messagingCalls, ...paymentsCalls];
const hostile = defineCall({
  name: 'hostile',
  method: 'GET',
  path: '/hostile',
  summary: '<script>alert("x")</script>',
  tag: 'ops',
  access: 'public',
  query: z.object({ word: z.string().meta({ description: '<img src=x onerror=alert(1)>' }) }),
  answers: { 200: z.object({ link: z.url() }) },
  rate: 'read',
});

let front: TestFront;
let document: OpenApiDocument;
beforeAll(async () => {
  const described = [...Object.values(calls), hostile, ...real];
  const pages = [
    ...apiDescriptionPages(described, { version: '1.2.3', publicUrl: 'http://tchat.test' }),
    landingPage([{ title: 'API <reference>', url: '/api/v1/docs', says: 'every call' }]),
  ];
  front = await openFront({ routes, pages });
  document = (await front.call('GET', '/api/v1/openapi.json')).body as OpenApiDocument;
});
afterAll(async () => {
  await front[Symbol.asyncDispose]();
});

test('pages take no other method', async () => {
  const answer = await front.call('POST', '/api/v1/docs', { body: {} });
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
});

test('every call of every domain is in the document, with its body, answers and security', () => {
  expect(document).toMatchObject({
    openapi: '3.1.0',
    info: { version: '1.2.3' },
    servers: [{ url: 'http://tchat.test/api/v1' }],
  });
  for (const call of real) {
    const operation = document.paths[call.path]?.[call.method.toLowerCase()];
    expect(operation?.operationId).toBe(call.name);
    const needed = scopeNeeded(call);
    const scopes = needed === 'any' ? [] : [needed];
    expect(operation?.security).toEqual(call.access === 'public' ? [] : [{ accessToken: scopes }]);
    for (const status of Object.keys(call.answers)) expect(operation?.responses).toHaveProperty(status);
    if ('body' in call) expect(operation).toHaveProperty('requestBody.content.application/json.schema');
  }
});

test('operation ids are unique', () => {
  const ids = Object.values(document.paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId),
  );
  expect(new Set(ids).size).toBe(ids.length);
});

test('every reference leads somewhere', () => {
  const { all, dangling } = referencesOf(document);
  expect(all.length).toBeGreaterThan(50);
  expect(dangling).toEqual([]);
});

test('every schema is one that a validator takes', () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: 'http://tchat.test/', ...document });
  for (const name of Object.keys(document.components.schemas)) {
    expect(() => ajv.compile({ $ref: `http://tchat.test/#/components/schemas/${name}` })).not.toThrow();
  }
});

test('a call that needs a key says so, with what else the front may refuse', () => {
  const operation = document.paths['/things']?.['post'];
  expect(operation?.parameters).toContainEqual(
    expect.objectContaining({ name: 'Idempotency-Key', in: 'header', required: true }),
  );
  for (const status of ['400', '401', '409', '413', '415', '422', '429', '503']) {
    expect(operation?.responses[status]).toEqual({ $ref: `#/components/responses/${status}` });
  }
  expect(document.paths['/secret']?.['get']?.description).toBe('For callers with the role ops or auditor.');
});

test('queries and paths are parameters with their types', () => {
  expect(document.paths['/things']?.['get']?.parameters).toContainEqual({
    name: 'limit',
    in: 'query',
    required: false,
    schema: { default: 20, type: 'integer', minimum: 1, maximum: 100 },
  });
  expect(document.paths['/things/{id}']?.['get']?.parameters).toContainEqual({
    name: 'id',
    in: 'path',
    required: true,
    schema: { type: 'string', format: 'uuid' },
  });
});

test('a schema with a name is written once and referred to', () => {
  expect(document.components.schemas).toHaveProperty('Thing');
  expect(JSON.stringify(document.paths['/things/{id}'])).toContain('{"$ref":"#/components/schemas/Thing"}');
});

test('the reference shows every call, needs nothing from elsewhere, and runs no script', async () => {
  const { text, headers } = await front.call('GET', '/api/v1/docs');
  expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(text).toContain('name="viewport"');
  for (const call of real) expect(text).toContain(`id="${call.name}"`);
  expect(text).not.toMatch(/<(script|img|link|iframe)|@import|url\(/);
  expect(text).toContain('&lt;script&gt;');
});

test('every code that an error may point to is explained there', async () => {
  const { text } = await front.call('GET', '/api/v1/docs');
  expect(text).toContain('id="VALIDATION_ERROR"');
  expect(text).toContain('id="IDEMPOTENCY_KEY_IN_FLIGHT"');
});

test('the landing page leads on', async () => {
  const { status, text } = await front.call('GET', '/');
  expect(status).toBe(200);
  expect(text).toContain('<a href="/api/v1/docs">API &lt;reference&gt;</a>');
});
