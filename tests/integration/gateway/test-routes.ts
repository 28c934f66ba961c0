import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { AppError } from '#shared/errors.ts';
import { defineCall, handle, type Call, type RequestFacts } from '#shared/http/call.ts';
import { limit } from '#shared/http/paging.ts';
import { UserId } from '#shared/ids.ts';

const common = { tag: 'commerce', summary: 'For tests', rate: 'write' } as const satisfies Partial<Call>;

const Thing = z.object({ id: UserId, name: z.string() }).meta({ id: 'Thing' });

const Seen = z.object({
  ip: z.string(),
  request_id: z.string(),
  headers: z.record(z.string(), z.string()),
  key: z.string().nullable(),
  digest: z.string().nullable(),
});

function seen({ ip, requestId, headers, idempotency }: RequestFacts) {
  const { 'x-user-id': claimed, 'x-forwarded-for': forwarded, authorization, 'step-up': stepUp } = headers;
  const known = { claimed, forwarded, authorization, stepUp };
  const present = Object.entries(known).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return {
    ip,
    request_id: requestId,
    headers: Object.fromEntries(present),
    key: idempotency?.key ?? null,
    digest: idempotency?.digest ?? null,
  };
}

export const calls = {
  open: defineCall({
    ...common,
    name: 'open',
    method: 'GET',
    path: '/open',
    access: 'public',
    answers: { 200: Seen },
    rate: 'read',
  }),
  listThings: defineCall({
    ...common,
    name: 'listThings',
    method: 'GET',
    path: '/things',
    access: 'user',
    query: z.strictObject({ limit: limit(20), word: z.string().max(5).optional() }),
    answers: { 200: z.object({ things: z.array(Thing), limit: z.number() }) },
    rate: 'read',
  }),
  getThing: defineCall({
    ...common,
    name: 'getThing',
    method: 'GET',
    path: '/things/{id}',
    access: 'user',
    params: z.object({ id: UserId }),
    answers: { 200: Thing },
    rate: 'read',
  }),
  makeThing: defineCall({
    ...common,
    name: 'makeThing',
    method: 'POST',
    path: '/things',
    access: 'user',
    body: z.strictObject({
      name: z.string().max(20),
      tags: z.array(z.string()).max(3).optional(),
      extra: z.unknown().optional(),
    }),
    answers: { 201: Seen },
    idempotency: 'required',
  }),
  removeThing: defineCall({
    ...common,
    name: 'removeThing',
    method: 'DELETE',
    path: '/things/{id}',
    access: 'user',
    params: z.object({ id: UserId }),
    answers: { 204: undefined },
  }),
  secret: defineCall({
    ...common,
    name: 'secret',
    method: 'GET',
    path: '/secret',
    access: ['ops', 'auditor'],
    answers: { 200: z.object({}) },
  }),
  fail: defineCall({
    ...common,
    name: 'fail',
    method: 'GET',
    path: '/fail/{how}',
    access: 'public',
    params: z.object({ how: z.string() }),
    answers: { 200: Thing },
  }),
  hook: defineCall({
    ...common,
    name: 'hook',
    method: 'POST',
    path: '/hook',
    access: 'public',
    answers: { 200: z.object({ hex: z.string() }) },
    raw: true,
    rate: 'webhook',
  }),
  pay: defineCall({
    ...common,
    name: 'pay',
    method: 'POST',
    path: '/pay',
    access: 'user',
    answers: { 200: z.object({}) },
    rate: 'money',
  }),
  code: defineCall({
    ...common,
    name: 'code',
    method: 'POST',
    path: '/code',
    access: 'public',
    answers: { 200: z.object({}) },
    rate: 'otp',
  }),
  lookup: defineCall({
    ...common,
    name: 'lookup',
    method: 'POST',
    path: '/lookup',
    access: 'user',
    answers: { 200: z.object({}) },
    rate: 'lookup',
  }),
};

export const SOME_ID = '01890a5d-ac96-774b-bcce-b302099a8057';

export const routes = [
  handle(calls.open, async ({ facts }) => ({ status: 200, body: seen(facts) })),
  handle(calls.listThings, async ({ query }) => ({ status: 200, body: { things: [], limit: query.limit } })),
  handle(calls.getThing, async ({ params }) => ({
    status: 200,
    body: Object.assign({ id: params.id, name: 'thing' }, { password: 'a store may hand over more than is asked for' }),
  })),
  handle(calls.makeThing, async ({ facts }) => ({
    status: 201,
    body: seen(facts),
    headers: { Location: '/things/1' },
  })),
  handle(calls.removeThing, async () => ({ status: 204, body: undefined })),
  handle(calls.secret, async () => ({ status: 200, body: {} })),
  handle(calls.fail, async ({ params }) => await failing(params.how)),
  handle(calls.hook, async ({ body }) => ({ status: 200, body: { hex: Buffer.from(body).toString('hex') } })),
  handle(calls.pay, async () => ({ status: 200, body: {} })),
  handle(calls.code, async () => ({ status: 200, body: {} })),
  handle(calls.lookup, async () => ({ status: 200, body: {} })),
];

/** How many calls of `/fail/late` are still running after their answer was given up. */
async function failing(how: string): Promise<{ status: 200; body: { id: string; name: string } }> {
  switch (how) {
    case 'unknown':
      throw new TypeError('secret of the store: SELECT * FROM users');
    case 'conflict':
      throw new AppError('CONFLICT', { message: 'The thing is gone', details: 'it was removed' });
    case 'away':
      throw new AppError('UPSTREAM_UNAVAILABLE', { retryAfterS: 2, cause: new Error('ECONNREFUSED') });
    case 'wrong-answer':
      return { status: 200, body: { id: 'no id', name: 'thing' } };
    case 'late':
      await sleep(500);
      return { status: 200, body: { id: SOME_ID, name: 'late' } };
    default:
      throw new AppError('NOT_FOUND');
  }
}
