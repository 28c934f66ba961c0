import { expect } from 'vitest';
import { ERRORS, type ErrorCode, type FieldFault } from '#shared/errors.ts';
import type { Answer } from '#tests/integration/gateway/call-at.ts';

const MEMBERS = new Set(['error', 'code', 'details', 'type', 'title', 'status', 'instance', 'request_id']);

/** Holds an answer to the form of every refusal, and to this code. */
export function expectRefused({ status, headers, body }: Answer, code: ErrorCode, what: string): void {
  const problem = body as Record<string, unknown> | undefined;
  const requestId = headers.get('x-request-id');
  expect({ what, status, code: problem?.['code'] }).toEqual({ what, status: ERRORS[code].status, code });
  expect(headers.get('content-type'), what).toBe('application/problem+json');
  expect(requestId, what).toMatch(/^[\w.-]{8,64}$/);
  expect(problem, what).toMatchObject({
    error: expect.stringMatching(/\S/),
    type: expect.stringMatching(new RegExp(`^http://.+#${code}$`)),
    title: ERRORS[code].title,
    status,
    instance: expect.stringMatching(/^\/api\/v1\/[^?]+$/),
    request_id: requestId,
  });
  expect(
    Object.keys(problem!).filter((member) => !MEMBERS.has(member)),
    what,
  ).toEqual([]);
  if ('details' in problem!) expectDetails(problem['details'], what);
  if (status === 401) expect(headers.get('www-authenticate'), what).toMatch(/^Bearer/);
}

function expectDetails(details: unknown, what: string): void {
  if (typeof details === 'string') return expect(details, what).toMatch(/\S/);
  expect(details, what).toEqual(expect.arrayContaining([{ path: expect.any(String), message: expect.any(String) }]));
}

/** Holds an answer to VALIDATION_ERROR with a fault at this field, or inside it. */
export function expectFault(answer: Answer, path: string, what: string): void {
  expectRefused(answer, 'VALIDATION_ERROR', what);
  expect({ what, faults: faultsIn(answer).filter((fault) => isAt(fault, path)) }, JSON.stringify(answer.body)).toEqual({
    what,
    faults: expect.arrayContaining([expect.anything()]),
  });
}

function isAt({ path }: FieldFault, wanted: string): boolean {
  return path === wanted || wanted === '' || path.startsWith(`${wanted}.`);
}

function faultsIn({ body }: Answer): FieldFault[] {
  const { details } = body as { details?: unknown };
  return Array.isArray(details) ? (details as FieldFault[]) : [];
}

/** A refusal without what differs from request to request. */
export function sameForEveryone({ status, body }: Answer): unknown {
  const { request_id: _, instance: __, ...rest } = body as Record<string, unknown>;
  return { status, ...rest };
}
